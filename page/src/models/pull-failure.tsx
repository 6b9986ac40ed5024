import type { JSX } from "preact";
import { ApiFailure } from "../api/request.ts";
import { text } from "../text/text.ts";
import { Button } from "../ui/button.tsx";
import { failureText } from "../ui/failed.tsx";
import { Notice } from "../ui/notice.tsx";
import { EnvLine } from "./env-line.tsx";
import { shownName } from "./kept.ts";
import { endPull, type Pull, startPull } from "./pulls.ts";

interface PullFailureProps {
  readonly pull: Pull;
  readonly failure: Error;
}

/** What the server says of a model that could not be had, and what the user can do about it. */
export function PullFailure({ pull: { model, how }, failure }: PullFailureProps): JSX.Element {
  const { models: words } = text.value;
  const code = failure instanceof ApiFailure ? failure.code : undefined;
  const advice = code === undefined ? undefined : words.advice[code];
  return (
    <Notice kind="error" title={words.failed(shownName(model))}>
      <p class="break">{failureText(failure)}</p>
      {advice !== undefined && <p>{advice}</p>}
      <HubLinks code={code} message={failure.message} />
      {(code === "gated" || code === "bad_token") && <EnvLine line="HF_TOKEN=hf_…" />}
      <div class="row-actions">
        <Button compact icon="again" onClick={() => startPull(model, how)}>
          {words.retry}
        </Button>
        <Button compact kind="quiet" onClick={() => endPull(model)}>
          {words.dismiss}
        </Button>
      </div>
    </Notice>
  );
}

/** Where the licence is accepted, or the token made: the server's message has the address, that of a mirror, too. */
function HubLinks({
  code,
  message,
}: {
  readonly code: string | undefined;
  readonly message: string;
}): JSX.Element | null {
  const { models: words } = text.value;
  if (code !== "gated" && code !== "bad_token") return null;
  const url = /https?:\/\/[^\s'"]+[^\s'".,;:]/.exec(message)?.[0];
  if (url === undefined) return null;
  const hub = new URL(url).origin;
  return (
    <p class="links">
      {code === "gated" && <Away url={url}>{words.licencePage}</Away>}
      <Away url={`${hub}/settings/tokens`}>{words.tokenPage}</Away>
    </p>
  );
}

function Away({ url, children }: { readonly url: string; readonly children: string }): JSX.Element {
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}
