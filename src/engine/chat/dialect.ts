import { EngineError } from "../errors.ts";
import type { TemplateMessage } from "../model.ts";
import { speaksHarmony } from "./harmony.ts";
import type { ChatTemplate } from "./template.ts";
import type { ThoughtTags } from "./thoughts.ts";
import { formatOf, HERMES, type ToolFormat } from "./tool-format.ts";

/** How a model speaks of thoughts and tools, as far as its chat template shows it. */
export interface Dialect {
  /** Whether it is Harmony, which has neither tags around thoughts nor a format of ours for calls. */
  readonly isHarmony: boolean;
  readonly thoughts: ThoughtTags;
  /** Whether the template speaks of thoughts, so that the model may begin with some. */
  readonly mayThink: boolean;
  readonly format: ToolFormat;
  /** Whether the template tells the model of its tools and of its earlier calls, in a format that we can read. */
  readonly knowsTools: boolean;
  /** Whether it takes the arguments of earlier calls as JSON text, instead of as objects. */
  readonly wantsArgumentsText: boolean;
  /** Whether it takes ids of nine letters and digits only. */
  readonly wantsShortIds: boolean;
  readonly takesSystem: boolean;
}

const TAGS: readonly ThoughtTags[] = [
  { open: "<think>", close: "</think>" },
  { open: "[THINK]", close: "[/THINK]" },
  { open: "<|START_THINKING|>", close: "<|END_THINKING|>" },
];

const user: TemplateMessage = { role: "user", content: "Hi" };
const parameters = { type: "object", properties: { probe_key: { type: "string" } }, required: ["probe_key"] };
const tool = { type: "function", function: { name: "probe_tool", description: "Probes.", parameters } };

/** Tries the template out: what it does with tools shows in what it writes. */
export function readDialect(template: ChatTemplate): Dialect {
  const { source } = template;
  const render = (messages: readonly TemplateMessage[], variables = {}): string =>
    rendered(template, messages, variables);
  const format = formatOf(source);
  const takesObjects = showsArguments(render, { probe_key: "probe_value" });
  const takesText = showsArguments(render, '{"probe_key": "probe_value"}');
  const isShown = render([user], { tools: [tool] }).includes("probe_tool") && (takesObjects || takesText);
  const isHarmony = speaksHarmony(source);
  const named = TAGS.find(({ open, close }) => source.includes(open) || source.includes(close));
  return {
    isHarmony,
    thoughts: named ?? { open: "<think>", close: "</think>" },
    mayThink: named !== undefined,
    format: format !== undefined && isShown ? format : HERMES,
    knowsTools: isHarmony || (format !== undefined && isShown),
    wantsArgumentsText: takesText && !takesObjects,
    wantsShortIds: /\b9\b/.test(source) && source.includes("tool_call"),
    takesSystem: render([{ role: "system", content: "probe_system" }, user]).includes("probe_system"),
  };
}

function showsArguments(
  render: (messages: readonly TemplateMessage[], variables: object) => string,
  args: unknown,
): boolean {
  const call = { id: "abcdefghi", type: "function", function: { name: "probe_tool", arguments: args } };
  const messages = [
    user,
    { role: "assistant", content: "", tool_calls: [call] },
    { role: "tool", content: "1", tool_call_id: "abcdefghi", name: "probe_tool" },
  ];
  // As JSON, as Python, or between tags; but no JSON inside of a JSON string.
  return /probe_key(?!\\)[^a-z]*(?:<\/?\w+>\s*)*"?probe_value(?!\\)/.test(render(messages, { tools: [tool] }));
}

/** Empty where the template refuses the messages. */
function rendered(template: ChatTemplate, messages: readonly TemplateMessage[], variables: object): string {
  try {
    return template.render(messages, { ...variables }).text;
  } catch (error) {
    if (error instanceof EngineError) return "";
    throw error;
  }
}
