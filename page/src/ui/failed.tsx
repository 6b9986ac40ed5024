import type { JSX } from "preact";
import { ApiFailure } from "../api/request.ts";
import { text } from "../text/text.ts";
import { Button } from "./button.tsx";
import { Notice } from "./notice.tsx";

/** In the server's words why it did not answer, and a way to ask once more. */
export function Failed({ failure, onAgain }: { readonly failure: Error; readonly onAgain?: () => void }): JSX.Element {
  const { ui } = text.value;
  return (
    <Notice kind="error" title={failureText(failure)}>
      {onAgain && (
        <div>
          <Button compact icon="again" onClick={onAgain}>
            {ui.tryAgain}
          </Button>
        </div>
      )}
    </Notice>
  );
}

/** What went wrong, for people. */
export function failureText(failure: Error): string {
  const { ui } = text.value;
  if (failure instanceof TypeError) return ui.streamIncomplete; // what a body that breaks off is by the Fetch standard
  if (!(failure instanceof ApiFailure)) return failure.message;
  if (failure.status === 0) return ui.noAnswer;
  return failure.code === "stream_incomplete" ? ui.streamIncomplete : failure.message;
}
