/** How a model writes tool calls, in the words that it was trained on. */
export interface ToolFormat {
  /** What opens a call, or the list of all. */
  readonly open: string;
  /** What closes it; empty where nothing does. */
  readonly close: string;
  /** Around all calls there is one pair of marks: they are elements of a list, or stand between marks of their own. */
  readonly isList: boolean;
  /** Whether calls come without marks, too: an answer that begins like one may be one. */
  readonly mayBeBare: boolean;
  readonly call: CallSyntax;
}

export type CallSyntax = ObjectSyntax | NamedSyntax | TaggedSyntax | PythonSyntax | MarkedSyntax;

/** `{"name": "…", "arguments": {…}}` */
export interface ObjectSyntax {
  readonly kind: "object";
  readonly nameKey: "name" | "tool_name";
  readonly argumentsKey: "arguments" | "parameters";
  /** The name of a number that the object bears first. */
  readonly indexKey?: string;
}

/** A name, and then the arguments as an object. */
export interface NamedSyntax {
  readonly kind: "named";
  readonly before: string;
  /** Between the name and the arguments. */
  readonly mark: string;
  readonly after: string;
  /** Whether the name is a part of the call's id, `functions.name:0`: the calls of a conversation are counted from 0. */
  readonly isId?: boolean;
}

/** The name, and each argument, between tags; texts stand there as they are, and everything else as JSON. */
export interface TaggedSyntax {
  readonly kind: "tagged";
  readonly beforeName: string;
  readonly afterName: string;
  readonly beforeKey: string;
  /** Between an argument's name and its value. */
  readonly afterKey: string;
  readonly afterValue: string;
  /** After the last argument. */
  readonly after: string;
}

/** `name(key="value", other=1)` */
export interface PythonSyntax {
  readonly kind: "python";
}

/** `call:name{key:<|"|>text<|"|>,other:{nested:[1,true]}}`: as JSON, with bare keys and quotes of its own. */
export interface MarkedSyntax {
  readonly kind: "marked";
  readonly before: string;
  /** On both sides of a text, which stands there as it is. */
  readonly quote: string;
}

const NAME_AND_ARGUMENTS: ObjectSyntax = { kind: "object", nameKey: "name", argumentsKey: "arguments" };

/** Source: https://qwen.readthedocs.io/en/latest/framework/function_call.html */
export const HERMES: ToolFormat = {
  open: "<tool_call>",
  close: "</tool_call>",
  isList: false,
  mayBeBare: false,
  call: NAME_AND_ARGUMENTS,
};

/** Source: https://huggingface.co/Qwen/Qwen3-Coder-30B-A3B-Instruct */
const QWEN_CODER: ToolFormat = {
  ...HERMES,
  call: {
    kind: "tagged",
    beforeName: "\n<function=",
    afterName: ">\n",
    beforeKey: "<parameter=",
    afterKey: ">\n",
    afterValue: "\n</parameter>\n",
    after: "</function>\n",
  },
};

/** Source: https://huggingface.co/zai-org/GLM-4.5 */
const GLM: ToolFormat = {
  ...HERMES,
  call: {
    kind: "tagged",
    beforeName: "",
    afterName: "\n",
    beforeKey: "<arg_key>",
    afterKey: "</arg_key>\n<arg_value>",
    afterValue: "</arg_value>\n",
    after: "",
  },
};

/** Source: https://www.llama.com/docs/model-cards-and-prompt-formats/llama3_1/#json-based-tool-calling */
const LLAMA: ToolFormat = {
  open: "<|python_tag|>",
  close: "",
  isList: false,
  mayBeBare: true,
  call: { ...NAME_AND_ARGUMENTS, argumentsKey: "parameters" },
};

/** Source: https://www.llama.com/docs/model-cards-and-prompt-formats/llama4/#zero-shot-function-calling */
const LLAMA_PYTHON: ToolFormat = {
  open: "<|python_start|>",
  close: "<|python_end|>",
  isList: true,
  mayBeBare: true,
  call: { kind: "python" },
};

/** Source: https://docs.mistral.ai/cookbooks/concept-deep-dive-tokenization-tool_calling */
const MISTRAL: ToolFormat = {
  open: "[TOOL_CALLS]",
  close: "",
  isList: true,
  mayBeBare: false,
  call: NAME_AND_ARGUMENTS,
};

const MISTRAL_NAMED: ToolFormat = {
  ...MISTRAL,
  isList: false,
  call: { kind: "named", before: "", mark: "[ARGS]", after: "" },
};

/** Source: https://huggingface.co/microsoft/Phi-4-mini-instruct#tool-enabled-function-calling-format */
const PHI: ToolFormat = {
  open: "<|tool_call|>",
  close: "<|/tool_call|>",
  isList: true,
  mayBeBare: false,
  call: NAME_AND_ARGUMENTS,
};

/** Source: https://www.ibm.com/granite/docs/models/granite */
const GRANITE: ToolFormat = { ...PHI, close: "" };

/** Source: https://docs.cohere.com/docs/command-r7b-hf */
const COMMAND: ToolFormat = {
  open: "<|START_ACTION|>",
  close: "<|END_ACTION|>",
  isList: true,
  mayBeBare: false,
  call: { kind: "object", nameKey: "tool_name", argumentsKey: "parameters", indexKey: "tool_call_id" },
};

/** Source: https://huggingface.co/deepseek-ai/DeepSeek-V3.1#toolcall */
const DEEPSEEK: ToolFormat = {
  open: "<｜tool▁calls▁begin｜>",
  close: "<｜tool▁calls▁end｜>",
  isList: true,
  mayBeBare: false,
  call: { kind: "named", before: "<｜tool▁call▁begin｜>", mark: "<｜tool▁sep｜>", after: "<｜tool▁call▁end｜>" },
};

/** Source: https://huggingface.co/deepseek-ai/DeepSeek-V3-0324 */
const DEEPSEEK_FENCED: ToolFormat = {
  ...DEEPSEEK,
  call: {
    kind: "named",
    before: "<｜tool▁call▁begin｜>function<｜tool▁sep｜>",
    mark: "\n```json\n",
    after: "\n```<｜tool▁call▁end｜>",
  },
};

/** Source: https://huggingface.co/moonshotai/Kimi-K2-Instruct/blob/main/docs/tool_call_guidance.md */
const KIMI: ToolFormat = {
  open: "<|tool_calls_section_begin|>",
  close: "<|tool_calls_section_end|>",
  isList: true,
  mayBeBare: false,
  call: {
    kind: "named",
    before: "<|tool_call_begin|>",
    mark: "<|tool_call_argument_begin|>",
    after: "<|tool_call_end|>",
    isId: true,
  },
};

/** Source: https://ai.google.dev/gemma/docs/core/prompt-formatting-gemma4 */
const GEMMA: ToolFormat = {
  open: "<|tool_call>",
  close: "<tool_call|>",
  isList: false,
  mayBeBare: false,
  call: { kind: "marked", before: "call:", quote: '<|"|>' },
};

/** Source: https://huggingface.co/LiquidAI/LFM2-1.2B#-how-to-run-lfm2 */
const LFM: ToolFormat = {
  open: "<|tool_call_start|>",
  close: "<|tool_call_end|>",
  isList: true,
  mayBeBare: false,
  call: { kind: "python" },
};

/** Source: https://huggingface.co/nvidia/NVIDIA-Nemotron-Nano-9B-v2 */
const NEMOTRON: ToolFormat = {
  open: "<TOOLCALL>",
  close: "</TOOLCALL>",
  isList: true,
  mayBeBare: false,
  call: NAME_AND_ARGUMENTS,
};

/** By what stands in a chat template; the first that fits. */
const KNOWN: readonly (readonly [template: RegExp, format: ToolFormat])[] = [
  [/\[TOOL_CALLS\][^]*\[ARGS\]/, MISTRAL_NAMED],
  [/\[TOOL_CALLS\]/, MISTRAL],
  [/<｜tool▁calls▁begin｜>[^]*```json/, DEEPSEEK_FENCED],
  [/<｜tool▁calls▁begin｜>/, DEEPSEEK],
  [/<\|tool_calls_section_begin\|>|<\|im_system\|>tool_declare/, KIMI],
  [/<\|tool_call>call:/, GEMMA],
  // LFM 2.5 names none of its marks: https://docs.liquid.ai/lfm/key-concepts/tool-use
  [/<\|tool_(?:list|call)_start\|>|List of tools: /, LFM],
  [/<TOOLCALL>/, NEMOTRON],
  [/<\|START_ACTION\|>/, COMMAND],
  [/^(?=[^]*<tool_call>)[^]*<function=/, QWEN_CODER],
  [/^(?=[^]*<tool_call>)[^]*<arg_key>/, GLM],
  [/^(?![^]*<invoke)[^]*<tool_call>/, HERMES],
  [/<\|\/tool_call\|>/, PHI],
  [/<\|tool_call\|>/, GRANITE],
  [/\[func_name1\(/, LLAMA_PYTHON],
  [/<\|python_tag\|>|"parameters": dictionary/, LLAMA],
];

/** The format that a chat template teaches; undefined where it is none that we know. */
export function formatOf(template: string): ToolFormat | undefined {
  return KNOWN.find(([pattern]) => pattern.test(template))?.[1];
}

/** All texts in which a format writes its calls: tokens of these names are text. */
export function marksOf({ open, close, call }: ToolFormat): readonly string[] {
  const inCall = Object.values(call).filter((text) => typeof text === "string");
  return tokensIn([open, close, ...inCall]);
}

/** The texts, and what in them looks like a token of its own. */
export function tokensIn(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => [text, ...(text.match(/<[^<>]+>|\[[A-Z_]+\]/g) ?? [])]);
}
