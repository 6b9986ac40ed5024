import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface SegmentedProps<Value extends string> {
  /** What is chosen, for screen readers. */
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly face?: ComponentChildren }[];
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
        <label key={option.value} title={option.label}>
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
