import type { ComponentChildren, JSX } from "preact";
import type { CallDetails } from "../../../src/api/admin.ts";
import { callDetails } from "../api/admin.ts";
import { useAnswer } from "../api/answer.ts";
import { ApiFailure } from "../api/request.ts";
import { href } from "../router.ts";
import { text } from "../text/text.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Failed } from "../ui/failed.tsx";
import { Empty, Notice } from "../ui/notice.tsx";
import { ScrollArea } from "../ui/scroll-area.tsx";
import { CallFacts } from "./call-facts.tsx";
import { Outcome } from "./outcome.tsx";
import { indented, treatedFields } from "./receipt.ts";
import { Waterfall } from "./waterfall.tsx";

/** All that is kept of one call. */
export function CallView({ requestId }: { readonly requestId: string }): JSX.Element {
  const { traffic: words } = text.value;
  const { answer, again } = useAnswer((signal) => callDetails(requestId, signal), [requestId]);
  const { value, failure } = answer.value;
  const isGone = failure instanceof ApiFailure && failure.status === 404;
  return (
    <div class="view traffic">
      <p>
        <a href={href("traffic")}>
          <span aria-hidden="true">← </span>
          {words.back}
        </a>
      </p>
      {isGone && (
        <Empty icon="pulse" title={words.gone}>
          <p>{words.goneHint}</p>
        </Empty>
      )}
      {failure && !isGone && <Failed failure={failure} onAgain={again} />}
      {value && <Details call={value} />}
      {!value && !failure && <div class="card placeholder" aria-busy="true" />}
    </div>
  );
}

function Details({ call }: { readonly call: CallDetails }): JSX.Element {
  const { details: words } = text.value.traffic;
  const { model, target, error_message: error, tries } = call;
  return (
    <>
      <div class="view-head">
        <div class="row-title">
          <h1 class="break">{model}</h1>
          <Outcome call={call} />
          {target !== undefined && target !== model && <span class="muted break">→ {target}</span>}
        </div>
      </div>
      {error !== undefined && (
        <Notice kind="error" title={call.error_code ?? words.error}>
          <p class="break">{error}</p>
        </Notice>
      )}
      <CallFacts call={call} />
      {tries.length > 0 && (
        <>
          <Part title={words.tries} hint={words.triesHint}>
            <Waterfall tries={tries} durationMs={call.duration_ms} />
          </Part>
          <Part title={words.receipt} hint={words.receiptHint}>
            <Receipt receipt={call.translation ?? ""} />
          </Part>
        </>
      )}
      <Part title={words.content} isBare={!call.content && !call.recording.content}>
        <Content call={call} />
      </Part>
      <Part title={words.headers}>
        <Headers headers={call.headers} />
      </Part>
    </>
  );
}

interface PartProps {
  readonly title: string;
  readonly hint?: string;
  /** What is in it has a frame of its own. */
  readonly isBare?: boolean;
  readonly children: ComponentChildren;
}

function Part({ title, hint, isBare = false, children }: PartProps): JSX.Element {
  return (
    <section class="stack">
      <div class="section-head">
        <h2>{title}</h2>
        {hint !== undefined && <p class="muted small">{hint}</p>}
      </div>
      {isBare ? children : <div class="card">{children}</div>}
    </section>
  );
}

function Receipt({ receipt }: { readonly receipt: string }): JSX.Element {
  const { details: words } = text.value.traffic;
  const treated = treatedFields(receipt);
  if (treated.length === 0) return <p class="muted">{words.receiptNone}</p>;
  return (
    <dl class="pairs">
      {treated.map(({ treatment, fields }) => (
        <div key={treatment}>
          <dt>{words.treatments[treatment] ?? treatment}</dt>
          <dd class="row-title">
            {fields.map((field) => (
              <code key={field} class="break">
                {field}
              </code>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Headers({ headers }: { readonly headers: CallDetails["headers"] }): JSX.Element {
  const all = Object.entries(headers);
  if (all.length === 0) return <p class="muted">{text.value.traffic.details.headersNone}</p>;
  return (
    <dl class="pairs">
      {all.map(([name, value]) => (
        <div key={name}>
          <dt class="mono">{name}</dt>
          <dd class="mono break">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What was said, or why it is not here: it is kept only if the user has switched that on. */
function Content({ call: { content, recording } }: { readonly call: CallDetails }): JSX.Element {
  const { details: words } = text.value.traffic;
  if (content) {
    return (
      <div class="stack">
        {content.is_cut && <Notice kind="warning">{words.contentCut}</Notice>}
        <Said title={words.request} content={content.request} />
        {content.answer !== undefined && <Said title={words.answer} content={content.answer} />}
      </div>
    );
  }
  if (recording.content) return <p class="muted">{words.contentNone}</p>;
  return (
    <Notice title={words.contentOff}>
      <p>{words.contentOffHint}</p>
      <p class="row-title">
        <code>{RECORD_LINE}</code>
        <CopyButton value={() => RECORD_LINE} />
      </p>
    </Notice>
  );
}

const RECORD_LINE = "RECORD_CONTENT=true";

function Said({ title, content }: { readonly title: string; readonly content: string }): JSX.Element {
  const shown = indented(content);
  return (
    <div class="said">
      <div class="row-title">
        <h3>{title}</h3>
        <CopyButton value={() => shown} />
      </div>
      <ScrollArea class="said-text" label={title}>
        <pre>{shown}</pre>
      </ScrollArea>
    </div>
  );
}
