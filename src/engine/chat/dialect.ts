import { EngineError } from "../errors.ts";
import type { TemplateMessage } from "../model.ts";
import type { IdStyle } from "./call-ids.ts";
import { speaksHarmony } from "./harmony.ts";
import type { ChatTemplate } from "./template.ts";
import type { ThoughtTags } from "./thoughts.ts";
import { formatOf, HERMES, type ToolFormat } from "./tool-format.ts";
import { isWritable } from "./written-calls.ts";

/** How a model speaks of thoughts and tools, as far as its chat template shows it. */
export interface Dialect {
  /** Whether it is Harmony, which has neither tags around thoughts nor a format of ours for calls. */
  readonly isHarmony: boolean;
  readonly thoughts: ThoughtTags;
  /** Whether the template speaks of thoughts, so that the model may begin with some. */
  readonly mayThink: boolean;
  /** A word in a system message that keeps the model from thinking, where no variable of the template does. */
  readonly noThinking: string | undefined;
  readonly format: ToolFormat;
  /** Whether the model was trained on tools, in a format that we can read: the template tells it of them, or of its calls. */
  readonly knowsTools: boolean;
  /** Whether the template tells the model of its tools; else we do. */
  readonly showsTools: boolean;
  /** Whether it takes only schemas of which every part names one type. */
  readonly wantsTypes: boolean;
  /** Whether it shows the model its earlier calls; else they are written into the messages. */
  readonly showsCalls: boolean;
  /** Whether it takes the arguments of earlier calls as JSON text, instead of as objects. */
  readonly wantsArgumentsText: boolean;
  readonly ids: IdStyle;
  readonly takesSystem: boolean;
}

const TAGS: readonly ThoughtTags[] = [
  { open: "<think>", close: "</think>" },
  { open: "[THINK]", close: "[/THINK]" },
  { open: "<|START_THINKING|>", close: "<|END_THINKING|>" },
  { open: "<|channel>thought", close: "<channel|>" },
];

/** Source: https://huggingface.co/nvidia/NVIDIA-Nemotron-Nano-9B-v2#reasoning-budget-control */
const NO_THINKING = "/no_think";

const user: TemplateMessage = { role: "user", content: "Hi" };
const parameters = { type: "object", properties: { probe_key: { type: "string" } }, required: ["probe_key"] };
const tool = { type: "function", function: { name: "probe_tool", description: "Probes.", parameters } };
const untyped = { type: "object", properties: { one: { enum: ["a"] }, two: { type: ["string", "null"] } } };
const untypedTool = { type: "function", function: { ...tool.function, parameters: untyped } };

/** Tries the template out: what it does with tools shows in what it writes. */
export function readDialect(template: ChatTemplate): Dialect {
  const { source } = template;
  const render: Render = (messages, variables = {}) => rendered(template, messages, variables);
  const format = formatOf(source);
  const takesObjects = showsArguments(render, { probe_key: "probe_value" });
  const takesText = showsArguments(render, '{"probe_key": "probe_value"}');
  const isHarmony = speaksHarmony(source);
  const showsTools = isHarmony || render([user], { tools: [tool] }).includes("probe_tool");
  const showsCalls = isHarmony || takesObjects || takesText;
  const known = format && knows(format, showsTools, showsCalls) ? format : undefined;
  const named = TAGS.find(({ open, close }) => source.includes(open) || source.includes(close));
  return {
    isHarmony,
    thoughts: named ?? { open: "<think>", close: "</think>" },
    mayThink: named !== undefined,
    noThinking: named && isSwitchedBy(render, NO_THINKING, named) ? NO_THINKING : undefined,
    format: known ?? HERMES,
    knowsTools: isHarmony || known !== undefined,
    showsTools,
    wantsTypes: showsTools && !isHarmony && !render([user], { tools: [untypedTool] }).includes("probe_tool"),
    showsCalls,
    wantsArgumentsText: takesText && !takesObjects,
    ids: idStyle(source, known),
    takesSystem: render([{ role: "system", content: "probe_system" }, user]).includes("probe_system"),
  };
}

type Render = (messages: readonly TemplateMessage[], variables?: object) => string;

/** What a template leaves out has to be something that we can write in its place. */
function knows(format: ToolFormat, showsTools: boolean, showsCalls: boolean): boolean {
  if (showsTools) return showsCalls || isWritable(format);
  return showsCalls && format.call.kind === "named";
}

/** Whether the prompt opens thoughts that are not wanted, but with the word. */
function isSwitchedBy(render: Render, word: string, { open }: ThoughtTags): boolean {
  const opens = (messages: readonly TemplateMessage[]): boolean =>
    render(messages, { enable_thinking: false }).trimEnd().endsWith(open);
  return opens([user]) && !opens([{ role: "system", content: word }, user]);
}

function idStyle(source: string, format: ToolFormat | undefined): IdStyle {
  if (format?.call.kind === "named" && format.call.isId) return "named";
  return /\b9\b/.test(source) && source.includes("tool_call") ? "short" : "any";
}

function showsArguments(render: Render, args: unknown): boolean {
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
