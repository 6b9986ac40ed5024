import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { either, literal, repeat } from "../grammar/expressions.ts";
import { anyObject, comma, space } from "../grammar/json.ts";
import { createRules, type Rules } from "../grammar/rules.ts";
import { jsonSchema } from "../grammar/schema.ts";
import { until } from "../grammar/until.ts";
import type { GenerateRequest, ToolFunction, ToolUse } from "../model.ts";
import { callGrammar } from "./call-grammar.ts";
import type { ThoughtTags } from "./thoughts.ts";
import type { ToolFormat } from "./tool-format.ts";

/** Whether the model thinks before it answers: the prompt has begun it, the model may begin it, or neither. */
export type Thinking = "begun" | "possible" | "none";

/** A small model that may call goes on calling. */
const MOST_CALLS = 16;

export interface AnswerFormat {
  readonly tools: ToolFormat;
  readonly thoughts: ThoughtTags;
  /** Whether the first word brings a space of its own along, which is taken off again. */
  readonly hasLeadingSpace: boolean;
}

/**
 * The grammar that an answer has to keep to, in llama.cpp's notation: JSON, calls that are asked for, or text in which
 * whatever begins like a call is one.
 * @returns undefined where the model may write what it wants.
 * @throws EngineError `bad_request` for a schema that a grammar cannot express.
 */
export function answerGrammar(
  { json, tools, maxTokens }: Pick<GenerateRequest, "json" | "tools" | "maxTokens">,
  format: AnswerFormat,
  thinking: Thinking,
): string | undefined {
  const rules = createRules(maxTokens);
  const answer =
    tools?.choice === "auto"
      ? autoAnswer(tools, format.tools, json, rules)
      : boundAnswer(tools, format.tools, json, rules);
  if (answer === undefined) return undefined;
  const whole = afterThoughts(answer, format.thoughts, thinking, rules);
  return rules.text(format.hasLeadingSpace ? `" "? ${whole}` : whole);
}

function boundAnswer(
  tools: ToolUse | undefined,
  format: ToolFormat,
  json: GenerateRequest["json"],
  rules: Rules,
): string | undefined {
  if (tools) return forcedCalls(tools, format, rules);
  return json === undefined ? undefined : jsonAnswer(json, rules);
}

export function jsonAnswer(json: NonNullable<GenerateRequest["json"]>, rules: Rules): string {
  return json === "object" ? anyObject(rules) : jsonSchema(json, rules);
}

/** Calls may come, or not. What opens them must be unmistakable; else the model is left alone. */
function autoAnswer(
  tools: ToolUse,
  format: ToolFormat,
  json: GenerateRequest["json"],
  rules: Rules,
): string | undefined {
  const content = boundAnswer(undefined, format, json, rules);
  if (content !== undefined) return either([content, forcedCalls(tools, format, rules)]);
  return format.mayBeBare
    ? undefined
    : until(rules, format.open, { mayEnd: true, after: callsAfterOpening(tools, format, rules) });
}

function forcedCalls(tools: ToolUse, format: ToolFormat, rules: Rules): string {
  const opening = format.mayBeBare ? "" : literal(format.open);
  return `${opening} ${callsAfterOpening(wantedTools(tools), format, rules)}`;
}

/**
 * Those among which the model may choose.
 * @throws EngineError `bad_request` for a choice that is not among them.
 */
export function wantedTools(tools: ToolUse): ToolUse {
  const { choice } = tools;
  return typeof choice === "string" ? tools : { ...tools, functions: [named(tools, choice.name)], parallel: false };
}

function named({ functions }: ToolUse, name: string): ToolFunction {
  const found = functions.find((each) => each.name === name);
  if (found) return found;
  const names = functions.map((each) => `'${each.name}'`).join(", ");
  throw new EngineError("bad_request", say.noTool(name, names));
}

function callsAfterOpening({ functions, parallel }: ToolUse, format: ToolFormat, rules: Rules): string {
  const gap = space(rules);
  const { call: syntax, isList, mayBeBare } = format;
  const close = literal(format.close);
  const call = rules.add("call", either(functions.map((each) => callGrammar(each, format, rules))));
  const more = (separator: string, next: string): string =>
    parallel ? repeat(`${separator} ${next}`, 0, MOST_CALLS - 1) : "";
  if (isList && syntax.kind === "named") return `${call} ${more(gap, call)} ${gap} ${close}`;
  if (isList) return `${gap} "[" ${gap} ${call} ${more(comma(rules), call)} ${gap} "]" ${gap} ${close}`;
  const one = `${gap} ${call} ${gap} ${close}`;
  return `${one} ${more(mayBeBare ? '";"' : `${gap} ${literal(format.open)}`, one)}`;
}

function afterThoughts(answer: string, { open, close }: ThoughtTags, thinking: Thinking, rules: Rules): string {
  if (thinking === "none") return answer;
  const bound = rules.add("answer", answer);
  const thoughts = until(rules, close, { after: `${repeat("[ \\t\\n]", 0, 4)} ${bound}` });
  return thinking === "begun" ? thoughts : either([`${literal(open)} ${thoughts}`, bound]);
}
