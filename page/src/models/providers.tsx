import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { AdminProvider } from "../../../src/api/admin.ts";
import { providers } from "../api/admin.ts";
import { useAnswer } from "../api/answer.ts";
import { number } from "../text/format.ts";
import { text } from "../text/text.ts";
import { Button } from "../ui/button.tsx";
import { Failed } from "../ui/failed.tsx";
import { Badge } from "../ui/notice.tsx";
import { EnvLine } from "./env-line.tsx";

/** In the order in which they are shown. */
const TONES = {
  ready: "good",
  silent: "warn",
  no_key: "neutral",
  untried: "neutral",
  no_address: "neutral",
} as const satisfies Record<AdminProvider["state"], string>;
const ORDER = Object.keys(TONES);
/** So many that are not set up are shown at first. */
const FEW = 8;

/** Who else can be asked, and what must be set for it. */
export function Providers(): JSX.Element {
  const { models: words } = text.value;
  const { answer, again } = useAnswer(providers, []);
  const isWhole = useSignal(false);
  const { value, failure } = answer.value;
  const all = (value?.data ?? []).toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const few = Math.max(FEW, all.filter(({ state }) => state === "ready" || state === "silent").length);
  const shown = isWhole.value ? all : all.slice(0, few);
  return (
    <section class="stack" aria-labelledby="models-providers">
      <div class="section-head">
        <h2 id="models-providers">{words.providers}</h2>
        <p class="muted small">{words.providersHint}</p>
      </div>
      {failure && <Failed failure={failure} onAgain={again} />}
      {shown.length > 0 && (
        <ul class="rows card">
          {shown.map((provider) => (
            <ProviderRow key={provider.name} provider={provider} />
          ))}
        </ul>
      )}
      {shown.length < all.length && (
        <div>
          <Button onClick={() => void (isWhole.value = true)}>
            {words.showAll(number(all.length - shown.length))}
          </Button>
        </div>
      )}
      {!value && !failure && <div class="card placeholder" aria-busy="true" />}
    </section>
  );
}

function ProviderRow({ provider }: { readonly provider: AdminProvider }): JSX.Element {
  const { models: words } = text.value;
  const { name, title, state, base_url: baseUrl, models } = provider;
  const variable = missingVariable(provider);
  return (
    <li class="row">
      <div class="row-main">
        <div class="row-title">
          <strong>{title}</strong>
          <code class="muted">{name}/…</code>
          <Badge tone={TONES[state]}>{words.providerStates[state]}</Badge>
        </div>
        <div class="row-facts">
          {models > 0 && <span class="numeric">{words.providerModels(number(models))}</span>}
          {baseUrl !== undefined && <span class="break">{baseUrl}</span>}
        </div>
        {state === "silent" && <p class="small muted">{words.providerSilent}</p>}
      </div>
      {variable !== undefined && <EnvLine line={`${variable}=`} />}
    </li>
  );
}

/** What the user must set before the provider can be asked. */
function missingVariable({ state, key_variables, base_url_variables }: AdminProvider): string | undefined {
  if (state === "no_address") return base_url_variables[0];
  return state === "no_key" || state === "silent" ? key_variables[0] : undefined;
}
