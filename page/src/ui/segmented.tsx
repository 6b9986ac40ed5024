import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** Seen in place of the label. */
  readonly face?: ComponentChildren;
  /** Of the label, where it is not the page's. */
  readonly lang?: string;
}

interface SegmentedProps<Value extends string> {
  /** What is chosen, for screen readers. */
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Option<Value>[];
  readonly onChange: (value: Value) => void;
}

/** One of a few that are all seen: radio buttons in a row. */
export function Segmented<Value extends string>({
  label,
  value,
  options,
  onChange,
}: SegmentedProps<Value>): JSX.Element {
  const name = useId();
  return (
    <div class="segmented" role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.value} title={option.label} lang={option.lang}>
          <input
            type="radio"
            name={name}
            aria-label={option.label}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.face ?? option.label}</span>
        </label>
      ))}
    </div>
  );
}
