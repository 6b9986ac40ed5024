import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface FieldProps {
  readonly label: ComponentChildren;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
}

interface FieldIds {
  readonly id: string;
  readonly "aria-describedby": string;
  readonly "aria-invalid": boolean;
}

/** A label above a control, what helps or is wrong below it. @param children is given what binds the control to them. */
export function Field({
  label,
  hint,
  error,
  children,
}: FieldProps & { children: (ids: FieldIds) => JSX.Element }): JSX.Element {
  const id = useId();
  const note = `${id}-note`;
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      {children({ id, "aria-describedby": note, "aria-invalid": error !== undefined })}
      <div id={note} aria-live="polite">
        {error === undefined ? hint && <p class="field-hint">{hint}</p> : <p class="field-error">{error}</p>}
      </div>
    </div>
  );
}

interface TextFieldProps extends FieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly placeholder?: string;
  /** More than one: a text area. */
  readonly rows?: number;
  /** For code. */
  readonly mono?: boolean;
  /** Not to be seen by who stands behind. */
  readonly secret?: boolean;
}

export function TextField({
  value,
  onInput,
  placeholder,
  rows = 1,
  mono = false,
  secret = false,
  ...field
}: TextFieldProps): JSX.Element {
  const common = { value, placeholder, class: `input${mono ? " mono" : ""}`, spellcheck: !mono };
  return (
    <Field {...field}>
      {(ids) =>
        rows > 1 ? (
          <textarea {...common} {...ids} rows={rows} onInput={(event) => onInput(event.currentTarget.value)} />
        ) : (
          <input
            {...common}
            {...ids}
            {...(secret && { type: "password" as const })}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
        )
      }
    </Field>
  );
}

interface NumberFieldProps extends FieldProps {
  /** Undefined: left to the model. */
  readonly value: number | undefined;
  readonly onInput: (value: number | undefined) => void;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | "any";
  readonly placeholder?: string;
}

export function NumberField({
  value,
  onInput,
  min,
  max,
  step = 1,
  placeholder,
  ...field
}: NumberFieldProps): JSX.Element {
  return (
    <Field {...field}>
      {(ids) => (
        <input
          {...ids}
          class="input numeric"
          type="number"
          inputMode="decimal"
          value={value ?? ""}
          {...{ min, max, step, placeholder }}
          onInput={({ currentTarget: { value: typed, valueAsNumber } }) =>
            onInput(typed === "" || Number.isNaN(valueAsNumber) ? undefined : valueAsNumber)
          }
        />
      )}
    </Field>
  );
}
