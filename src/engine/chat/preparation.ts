import type { Token } from "node-llama-cpp";
import type { GenerateRequest, TemplateMessage } from "../model.ts";
import { answerGrammar, type Thinking } from "./answer-grammar.ts";
import { type AnswerReader, createAnswerReader } from "./answer.ts";
import { type Dialect, readDialect } from "./dialect.ts";
import type { Encode } from "./encode.ts";
import { harmonyGrammar } from "./harmony-grammar.ts";
import { harmonyMessages, harmonyVariables } from "./harmony-prompt.ts";
import { createHarmonyReader } from "./harmony-reader.ts";
import { HARMONY } from "./harmony.ts";
import { type Preset, withPreset } from "./presets.ts";
import type { SampledRequest } from "./sampling.ts";
import type { ChatTemplate, Prompt } from "./template.ts";
import { marksOf, tokensIn } from "./tool-format.ts";
import { promptWithTools } from "./tool-prompt.ts";
import { type ChatVocabulary, showing } from "./vocabulary.ts";

/** What stands fast about an answer before anything is computed. */
export interface Prepared {
  readonly request: SampledRequest;
  readonly prompt: Token[];
  /** The answer goes on inside the prompt's last message. */
  readonly continues: boolean;
  /** In llama.cpp's notation; undefined where the model may write what it wants. */
  readonly grammar: string | undefined;
  readonly reader: AnswerReader;
  /** With the marks of thoughts and tool calls as text, where they are control tokens. */
  readonly vocabulary: ChatVocabulary;
  readonly emulated: readonly "tools"[];
}

export interface PreparationParts {
  readonly template: ChatTemplate;
  readonly vocabulary: ChatVocabulary;
  readonly encode: Encode;
  readonly preset: Preset;
}

/** @returns a function that throws an EngineError `bad_request` for what the template or a grammar cannot take. */
export function createPreparation(parts: PreparationParts): (asked: GenerateRequest) => Prepared {
  const { template, encode, preset, vocabulary } = parts;
  const dialect = readDialect(template);
  const answering = dialect.isHarmony ? harmonyAnswering(vocabulary) : taggedAnswering(vocabulary, dialect);

  return (asked) => {
    const request = withPreset(asked, preset);
    const { tools } = request;
    const thinks = request.templateVariables?.["enable_thinking"];
    const prompted = promptWithTools(switched(request.messages, thinks, dialect), tools, dialect);
    // Some templates call it `thinking`.
    const thinking = typeof thinks === "boolean" && dialect.mayThink ? { thinking: thinks } : {};
    const variables = { ...thinking, ...request.templateVariables, ...prompted.variables };
    const prompt = dialect.isHarmony
      ? template.render(harmonyMessages(prompted.messages), harmonyVariables(variables))
      : template.render(prompted.messages, variables);
    return {
      request,
      prompt: encode(prompt.text),
      continues: prompt.continues,
      ...answering(request, prompt),
      emulated: tools && !dialect.knowsTools ? ["tools"] : [],
    };
  };
}

/** What an answer is bound to, and how it is read. */
type Answering = (request: GenerateRequest, prompt: Prompt) => Pick<Prepared, "grammar" | "reader" | "vocabulary">;

function harmonyAnswering(hidden: ChatVocabulary): Answering {
  const vocabulary = showing(hidden, Object.values(HARMONY));
  return (request, { continues }) => ({
    grammar: harmonyGrammar(request, continues),
    reader: createHarmonyReader({ continues, hasTools: request.tools !== undefined, stop: request.stop }),
    vocabulary,
  });
}

function taggedAnswering(hidden: ChatVocabulary, dialect: Dialect): Answering {
  const { thoughts, format } = dialect;
  const vocabulary = showing(hidden, tokensIn([thoughts.open, thoughts.close]));
  const withCalls = showing(vocabulary, marksOf(format));
  return (request, { text, continues }) => {
    const { tools, stop } = request;
    const hasLeadingSpace = vocabulary.addSpacePrefix && !continues;
    const thinking = continues ? "none" : thinkingAfter(text, request, dialect);
    return {
      grammar: answerGrammar(request, { tools: format, thoughts, hasLeadingSpace }, thinking),
      reader: createAnswerReader({
        thoughts,
        isThinking: thinking === "begun",
        stop,
        ...(tools && { tools: { format, functions: tools.functions } }),
      }),
      vocabulary: tools ? withCalls : vocabulary,
    };
  };
}

/** With the word that keeps a model from thinking. */
function switched(
  messages: readonly TemplateMessage[],
  thinks: unknown,
  { noThinking }: Dialect,
): readonly TemplateMessage[] {
  if (thinks !== false || noThinking === undefined) return messages;
  const [first, ...others] = messages;
  if (first?.role !== "system") return [{ role: "system", content: noThinking }, ...messages];
  return [{ ...first, content: `${first.content} ${noThinking}`.trim() }, ...others];
}

function thinkingAfter(
  prompt: string,
  { templateVariables }: GenerateRequest,
  { thoughts, mayThink }: Dialect,
): Thinking {
  const end = prompt.trimEnd();
  if (end.endsWith(thoughts.open)) return "begun";
  const isOver = end.endsWith(thoughts.close) || templateVariables?.["enable_thinking"] === false;
  return mayThink && !isOver ? "possible" : "none";
}
