import { EngineError } from "../errors.ts";
import { either, literal, repeat } from "../grammar/expressions.ts";
import { anyObject, comma, space } from "../grammar/json.ts";
import { createRules, type Rules } from "../grammar/rules.ts";
import { jsonSchema } from "../grammar/schema.ts";
import { until } from "../grammar/until.ts";
import type { GenerateRequest, ToolFunction, ToolUse } from "../model.ts";
import type { ThoughtTags } from "./thoughts.ts";
import type { ToolFormat } from "./tool-format.ts";

/** Whether the model thinks before it answers: the prompt has begun it, the model may begin it, or neither. */
export type Thinking = "begun" | "possible" | "none";

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
  { json, tools }: Pick<GenerateRequest, "json" | "tools">,
  format: AnswerFormat,
  thinking: Thinking,
): string | undefined {
  const rules = createRules();
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
  if (json === undefined) return undefined;
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
  const { choice } = tools;
  const wanted =
    typeof choice === "string" ? tools : { ...tools, functions: [named(tools, choice.name)], parallel: false };
  const opening = format.mayBeBare ? "" : literal(format.open);
  return `${opening} ${callsAfterOpening(wanted, format, rules)}`;
}

function named({ functions }: ToolUse, name: string): ToolFunction {
  const found = functions.find((each) => each.name === name);
  if (found) return found;
  const names = functions.map((each) => `'${each.name}'`).join(", ");
  throw new EngineError("bad_request", `There is no tool '${name}' to be called; there are ${names}.`);
}

function callsAfterOpening({ functions, parallel }: ToolUse, format: ToolFormat, rules: Rules): string {
  const gap = space(rules);
  const call = rules.add("call", either(functions.map((each) => callOf(each, format, rules))));
  if (format.isList) {
    const more = parallel ? repeat(`${comma(rules)} ${call}`, 0) : "";
    return `${gap} "[" ${gap} ${call} ${more} ${gap} "]" ${gap} ${literal(format.close)}`;
  }
  const one = `${gap} ${call} ${gap} ${literal(format.close)}`;
  const separator = format.mayBeBare ? `";"` : `${gap} ${literal(format.open)}`;
  return `${one} ${parallel ? repeat(`${separator} ${one}`, 0) : ""}`;
}

function callOf(tool: ToolFunction, { argumentsKey, argumentsMark }: ToolFormat, rules: Rules): string {
  const gap = space(rules);
  const args = argumentsOf(tool, rules);
  if (argumentsMark !== undefined) return `${literal(tool.name + argumentsMark)} ${args}`;
  const name = `${literal('"name"')} ${gap} ":" ${gap} ${literal(JSON.stringify(tool.name))}`;
  return `"{" ${gap} ${name} ${gap} ${comma(rules)} ${literal(`"${argumentsKey}"`)} ${gap} ":" ${gap} ${args} ${gap} "}"`;
}

/**
 * No arguments but those that are described. Schemas that a grammar cannot express bind a call to no more than an object:
 * tools describe, they do not promise.
 */
function argumentsOf({ parameters = {} }: ToolFunction, rules: Rules): string {
  try {
    return jsonSchema({ type: "object", additionalProperties: false, ...parameters }, rules);
  } catch (error) {
    if (error instanceof EngineError && error.code === "bad_request") return anyObject(rules);
    throw error;
  }
}

function afterThoughts(answer: string, { open, close }: ThoughtTags, thinking: Thinking, rules: Rules): string {
  if (thinking === "none") return answer;
  const bound = rules.add("answer", answer);
  const thoughts = until(rules, close, { after: `${repeat("[ \\t\\n]", 0, 4)} ${bound}` });
  return thinking === "begun" ? thoughts : either([`${literal(open)} ${thoughts}`, bound]);
}
