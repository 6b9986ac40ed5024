import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { text } from "../text/text.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Field, NumberField, TextField } from "../ui/field.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { useFocusBack } from "../ui/focus-back.ts";
import { usePlayground } from "./playground-state.ts";
import { checkSchema, checkTools, type Checked, type Problem, type Settings } from "./settings.ts";

const EXAMPLE_TOOLS = JSON.stringify(
  [
    {
      type: "function",
      function: {
        name: "get_weather",
        description: "The weather of a city, now.",
        parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
      },
    },
  ],
  undefined,
  2,
);
const EXAMPLE_SCHEMA = JSON.stringify(
  {
    type: "object",
    properties: {
      name: { type: "string" },
      population: { type: "integer" },
      harbours: { type: "array", items: { type: "string" } },
    },
    required: ["name", "population", "harbours"],
    additionalProperties: false,
  },
  undefined,
  2,
);
const EFFORTS = ["", "none", "low", "medium", "high"] as const;
const FORMATS = ["text", "json_object", "json_schema"] as const;

/** What is asked of the models besides the messages. It goes with the next call. */
export function SettingsPanel({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const { conversation, setSettings } = usePlayground();
  const panel = useRef<HTMLElement>(null);
  useFocusBack(panel);
  const { settings } = conversation.value;
  const { playground, ui } = text.value;
  const set = (changes: Settings): void => setSettings(changes);
  return (
    <aside ref={panel} class="settings" aria-label={playground.settings}>
      <header class="settings-head">
        <h2>{playground.settings}</h2>
        <IconButton icon="close" label={ui.close} onClick={onClose} />
      </header>
      <TextField
        label={playground.system}
        placeholder={playground.systemPlaceholder}
        rows={4}
        value={settings.system}
        onInput={(system) => set({ ...settings, system })}
      />
      <Sampling settings={settings} set={set} />
      <Output settings={settings} set={set} />
      <Tools settings={settings} set={set} />
    </aside>
  );
}

interface PartProps {
  readonly settings: Settings;
  readonly set: (settings: Settings) => void;
}

function Sampling({ settings, set }: PartProps): JSX.Element {
  const { playground } = text.value;
  const { temperature, topP, maxTokens, seed, ...rest } = settings;
  /** Fields that are undefined are left out, not set to undefined. */
  const setNumbers = (
    numbers: Partial<Record<"temperature" | "topP" | "maxTokens" | "seed", number | undefined>>,
  ): void => {
    const entries = Object.entries({ temperature, topP, maxTokens, seed, ...numbers });
    set({ ...rest, ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)) });
  };
  const auto = playground.auto;
  return (
    <>
      <div class="settings-pair">
        <NumberField
          label={playground.temperature}
          placeholder={auto}
          min={0}
          max={2}
          step="any"
          value={temperature}
          onInput={(value) => setNumbers({ temperature: value })}
        />
        <NumberField
          label={playground.topP}
          placeholder={auto}
          min={0}
          max={1}
          step="any"
          value={topP}
          onInput={(value) => setNumbers({ topP: value })}
        />
        <NumberField
          label={playground.maxTokens}
          placeholder={auto}
          min={1}
          value={maxTokens}
          onInput={(value) => setNumbers({ maxTokens: value })}
        />
        <NumberField
          label={playground.seed}
          placeholder={auto}
          value={seed}
          onInput={(value) => setNumbers({ seed: value })}
        />
      </div>
      <TextField
        label={playground.stopAt}
        hint={playground.stopAtHint}
        rows={2}
        mono
        value={settings.stop}
        onInput={(stop) => set({ ...settings, stop })}
      />
      <Field label={playground.effort}>
        {(ids) => (
          <select
            {...ids}
            class="input"
            value={settings.reasoningEffort}
            onChange={({ currentTarget: { value } }) =>
              set({ ...settings, reasoningEffort: EFFORTS.find((effort) => effort === value) ?? "" })
            }
          >
            {EFFORTS.map((effort) => (
              <option key={effort} value={effort}>
                {effort === "" ? auto : effort}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}

function Output({ settings, set }: PartProps): JSX.Element {
  const { playground } = text.value;
  return (
    <>
      <div class="field">
        <span class="field-label">{playground.format}</span>
        <Segmented
          label={playground.format}
          value={settings.format}
          options={FORMATS.map((value) => ({ value, label: playground.formats[value] }))}
          onChange={(format) => set({ ...settings, format })}
        />
      </div>
      {settings.format === "json_schema" && (
        <JsonField
          label={playground.schema}
          example={EXAMPLE_SCHEMA}
          value={settings.schema}
          checked={checkSchema(settings.schema)}
          onInput={(schema) => set({ ...settings, schema })}
        />
      )}
    </>
  );
}

function Tools({ settings, set }: PartProps): JSX.Element {
  const { playground } = text.value;
  return (
    <JsonField
      label={playground.tools}
      example={EXAMPLE_TOOLS}
      value={settings.tools}
      checked={checkTools(settings.tools)}
      onInput={(tools) => set({ ...settings, tools })}
    />
  );
}

interface JsonFieldProps {
  readonly label: string;
  readonly example: string;
  readonly value: string;
  readonly checked: Checked<unknown>;
  readonly onInput: (value: string) => void;
}

/** A text area for JSON that says what is wrong with it, and can begin with an example. */
function JsonField({ label, example, value, checked, onInput }: JsonFieldProps): JSX.Element {
  const { playground } = text.value;
  const isEmpty = value.trim() === "";
  const lines = value.split("\n").length;
  return (
    <div class="field">
      <TextField
        mono
        label={label}
        rows={Math.min(16, Math.max(4, lines + 1))}
        value={value}
        error={"problem" in checked ? problemText(checked.problem) : undefined}
        onInput={onInput}
      />
      {isEmpty && (
        <div>
          <Button compact kind="quiet" onClick={() => onInput(example)}>
            {playground.insertExample}
          </Button>
        </div>
      )}
    </div>
  );
}

function problemText(problem: Problem): string {
  const { problems } = text.value.playground;
  switch (problem.kind) {
    case "not_json":
      return problems.notJson(problem.detail);
    case "not_an_array":
      return problems.notAnArray;
    case "not_an_object":
      return problems.notAnObject;
    case "not_a_tool":
      return problems.notATool(problem.index);
    case "bad_tool_name":
      return problems.badToolName(problem.index, problem.detail);
    default:
      return problem satisfies never;
  }
}
