import { batch, type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { CallOutcome, CallSummary } from "../../../src/api/admin.ts";
import type { CallFilter } from "../api/admin.ts";
import { href } from "../router.ts";
import { bigNumber, duration, moment, number, timeOfDay } from "../text/format.ts";
import { text } from "../text/text.ts";
import { Button } from "../ui/button.tsx";
import { Failed } from "../ui/failed.tsx";
import { Field } from "../ui/field.tsx";
import { Empty } from "../ui/notice.tsx";
import { Outcome } from "./outcome.tsx";
import { useCalls } from "./watch.ts";

const OUTCOMES: readonly CallOutcome[] = ["complete", "failed", "aborted"];

/** The calls as they come, the newest on top; older ones page by page. @param models names to choose the filter from. */
export function CallList({ models }: { readonly models: readonly string[] }): JSX.Element {
  const { traffic: words } = text.value;
  const filter = useSignal<CallFilter>({});
  const isLive = useSignal(true);
  const isBusy = useSignal(false);
  const { feed, failure, showOlder } = useCalls(filter.value, isLive.value);
  const { calls, next } = feed.value ?? { calls: [], next: null };

  const choose = (chosen: CallFilter): void =>
    batch(() => {
      filter.value = chosen;
      isLive.value = true;
    });
  const older = async (): Promise<void> => {
    isLive.value = false; // what is read must not be pushed away
    isBusy.value = true;
    await showOlder();
    isBusy.value = false;
  };
  return (
    <section class="stack" aria-labelledby="traffic-calls">
      <div class="section-head calls-head">
        <h2 id="traffic-calls">{words.all}</h2>
        <LiveSwitch isLive={isLive} isLost={failure.value !== undefined} />
        <Filter filter={filter.value} models={models} onChange={choose} />
      </div>
      {failure.value && <Failed failure={failure.value} />}
      {calls.length > 0 && <CallTable calls={calls} />}
      {feed.value && calls.length === 0 && <NoCalls isFiltered={isFiltered(filter.value)} />}
      {!feed.value && !failure.value && <div class="card placeholder" aria-busy="true" />}
      {next !== null && (
        <div>
          <Button busy={isBusy.value} onClick={() => void older()}>
            {words.older}
          </Button>
        </div>
      )}
    </section>
  );
}

function LiveSwitch({ isLive, isLost }: { readonly isLive: Signal<boolean>; readonly isLost: boolean }): JSX.Element {
  const { traffic: words } = text.value;
  const state = isLive.value ? words.live : words.paused;
  return (
    <div class="live">
      <output class={`live-state${isLive.value && !isLost ? " on" : ""}`}>{isLost ? words.lost : state}</output>
      <Button compact kind="quiet" onClick={() => void (isLive.value = !isLive.value)}>
        {isLive.value ? words.pause : words.resume}
      </Button>
    </div>
  );
}

interface FilterProps {
  readonly filter: CallFilter;
  readonly models: readonly string[];
  readonly onChange: (filter: CallFilter) => void;
}

function Filter({ filter: { model, outcome }, models, onChange }: FilterProps): JSX.Element {
  const { traffic: words } = text.value;
  const list = useId();
  const typed = useSignal(model ?? ""); // else each new call or figure would undo what is being typed
  return (
    <div class="filter">
      <Field label={words.filterModel}>
        {(ids) => (
          <>
            <input
              {...ids}
              class="input"
              type="search"
              list={list}
              placeholder={words.filterAny}
              value={typed.value}
              onInput={({ currentTarget: { value } }) => void (typed.value = value)}
              onChange={({ currentTarget: { value } }) => onChange({ outcome, model: value.trim() })}
            />
            <datalist id={list}>
              {models.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </datalist>
          </>
        )}
      </Field>
      <Field label={words.filterOutcome}>
        {(ids) => (
          <select
            {...ids}
            class="input"
            value={outcome ?? ""}
            onChange={({ currentTarget: { value } }) =>
              onChange({ model, outcome: OUTCOMES.find((known) => known === value) })
            }
          >
            <option value="">{words.filterAny}</option>
            {OUTCOMES.map((name) => (
              <option key={name} value={name}>
                {words.outcomes[name]}
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}

function isFiltered({ model, outcome }: CallFilter): boolean {
  return (model !== undefined && model !== "") || outcome !== undefined;
}

function NoCalls({ isFiltered }: { readonly isFiltered: boolean }): JSX.Element {
  const { traffic: words } = text.value;
  return (
    <div class="card">
      <Empty icon="pulse" title={isFiltered ? words.noneFiltered : words.none}>
        {!isFiltered && <p>{words.noneHint}</p>}
      </Empty>
    </div>
  );
}

function CallTable({ calls }: { readonly calls: readonly CallSummary[] }): JSX.Element {
  const { columns } = text.value.traffic;
  return (
    <div class="card calls">
      <table class="table" aria-labelledby="traffic-calls">
        <thead>
          <tr>
            <th scope="col">{columns.time}</th>
            <th scope="col">{columns.model}</th>
            <th scope="col" class="roomy">
              {columns.outcome}
            </th>
            <th scope="col" class="number">
              {columns.duration}
            </th>
            <th scope="col" class="number roomy">
              {columns.first}
            </th>
            <th scope="col" class="number roomy">
              {columns.tokens}
            </th>
            <th scope="col" class="number roomy">
              {columns.attempts}
            </th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <CallRow key={`${call.request_id} ${call.at}`} call={call} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CallRow({ call }: { readonly call: CallSummary }): JSX.Element {
  const { request_id, at, model, target, duration_ms, first_chunk_ms, attempts } = call;
  return (
    <tr>
      <td class="numeric muted">
        <time dateTime={new Date(at).toISOString()}>
          {isToday(at) ? timeOfDay(at) : `${moment(at)} ${timeOfDay(at)}`}
        </time>
      </td>
      <td class="call-models break">
        <a href={href("traffic", request_id)}>{model}</a>
        {target !== undefined && target !== model && <span class="muted">→ {target}</span>}
        <div class="cramped">
          <Outcome call={call} />
        </div>
      </td>
      <td class="roomy">
        <Outcome call={call} />
      </td>
      <td class="number">{duration(duration_ms)}</td>
      <td class="number roomy">{first_chunk_ms === undefined ? "–" : duration(first_chunk_ms)}</td>
      <td class="number roomy">{tokens(call)}</td>
      <td class={attempts > 1 ? "number roomy warn" : "number roomy"}>{attempts === 0 ? "–" : number(attempts)}</td>
    </tr>
  );
}

function isToday(at: number): boolean {
  return new Date(at).toDateString() === new Date().toDateString();
}

/** `31 / 205` */
function tokens({ prompt_tokens: read, completion_tokens: written }: CallSummary): string {
  if (read === undefined && written === undefined) return "–";
  return [read, written].map((count) => (count === undefined ? "–" : bigNumber(count))).join(" / ");
}
