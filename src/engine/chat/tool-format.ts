/** How a model writes tool calls: JSON objects with a name and arguments, in the words that it was trained on. */
export interface ToolFormat {
  /** What opens a call, or the list of all. */
  readonly open: string;
  /** What closes it; empty where nothing does. */
  readonly close: string;
  /** Whether one list holds all calls, instead of each standing between marks of its own. */
  readonly isList: boolean;
  readonly argumentsKey: "arguments" | "parameters";
  /** Stands between a name and its arguments where no object holds the two. */
  readonly argumentsMark?: string;
  /** Whether calls come without marks, too: an answer that begins as an object may be one. */
  readonly mayBeBare: boolean;
}

/** Source: https://qwen.readthedocs.io/en/latest/framework/function_call.html */
export const HERMES: ToolFormat = {
  open: "<tool_call>",
  close: "</tool_call>",
  isList: false,
  argumentsKey: "arguments",
  mayBeBare: false,
};

/** Source: https://www.llama.com/docs/model-cards-and-prompt-formats/llama3_1/#json-based-tool-calling */
const LLAMA: ToolFormat = {
  open: "<|python_tag|>",
  close: "",
  isList: false,
  argumentsKey: "parameters",
  mayBeBare: true,
};

/** Source: https://docs.mistral.ai/cookbooks/concept-deep-dive-tokenization-tool_calling */
const MISTRAL: ToolFormat = {
  open: "[TOOL_CALLS]",
  close: "",
  isList: true,
  argumentsKey: "arguments",
  mayBeBare: false,
};

const MISTRAL_NAMED: ToolFormat = { ...MISTRAL, isList: false, argumentsMark: "[ARGS]" };

/** Source: https://huggingface.co/microsoft/Phi-4-mini-instruct#tool-enabled-function-calling-format */
const PHI: ToolFormat = {
  open: "<|tool_call|>",
  close: "<|/tool_call|>",
  isList: true,
  argumentsKey: "arguments",
  mayBeBare: false,
};

/** By what stands in a chat template; the first that fits. */
const KNOWN: readonly (readonly [template: RegExp, format: ToolFormat])[] = [
  [/\[TOOL_CALLS\][^]*\[ARGS\]/, MISTRAL_NAMED],
  [/\[TOOL_CALLS\]/, MISTRAL],
  [/^(?![^]*(?:<function=|<arg_key>|<invoke))[^]*<tool_call>/, HERMES],
  [/<\|tool_call\|>/, PHI],
  [/<\|python_tag\|>|"parameters": dictionary/, LLAMA],
];

/** The format that a chat template teaches; undefined where it is none that we know. */
export function formatOf(template: string): ToolFormat | undefined {
  return KNOWN.find(([pattern]) => pattern.test(template))?.[1];
}
