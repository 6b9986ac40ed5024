import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { ApiFailure } from "../api/request.ts";
import { signIn } from "../api/session.ts";
import { text } from "../text/text.ts";
import { Button } from "../ui/button.tsx";
import { failureText } from "../ui/failed.tsx";
import { Field } from "../ui/field.tsx";
import { Preferences } from "../ui/preferences.tsx";
import "./login.css";

/** Changes the server's key for a cookie that no script can read. The key itself is not kept. */
export function Login(): JSX.Element {
  const { frame, login } = text.value;
  const input = useRef<HTMLInputElement>(null);
  const failure = useSignal<Error | undefined>(undefined);
  const isBusy = useSignal(false);
  const heading = useId();
  useEffect(() => void (document.title = `${login.title} · ${frame.title}`), [login, frame]);
  useEffect(() => input.current?.focus(), []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    isBusy.value = true;
    failure.value = undefined;
    try {
      await signIn(input.current?.value ?? "");
    } catch (thrown) {
      failure.value = thrown instanceof Error ? thrown : new Error(String(thrown));
      input.current?.select();
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <main class="login">
      <form class="card login-form" aria-labelledby={heading} onSubmit={(event) => void submit(event)}>
        <img src="/favicon.svg" alt="" width={40} height={40} />
        <div>
          <h1 id={heading}>{login.title}</h1>
          <p class="muted">{login.hint}</p>
        </div>
        <Field label={login.key} hint={login.safe} error={failure.value && reason(failure.value)}>
          {(ids) => (
            <input {...ids} ref={input} class="input mono" type="password" autocomplete="current-password" required />
          )}
        </Field>
        <Button kind="primary" icon="key" submits busy={isBusy.value}>
          {login.signIn}
        </Button>
      </form>
      <Preferences />
    </main>
  );
}

function reason(failure: Error): string {
  return failure instanceof ApiFailure && failure.status === 401 ? text.value.login.wrong : failureText(failure);
}
