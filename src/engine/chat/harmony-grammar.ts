import { either, literal } from "../grammar/expressions.ts";
import { createRules, type Rules } from "../grammar/rules.ts";
import { until } from "../grammar/until.ts";
import type { GenerateRequest, ToolFunction } from "../model.ts";
import { jsonAnswer, wantedTools } from "./answer-grammar.ts";
import { argumentsOf } from "./call-grammar.ts";
import { HARMONY } from "./harmony.ts";

const { start, channel, constrain, message, end } = HARMONY;
const NEXT = `${start}assistant`;

/**
 * The grammar that an answer in Harmony has to keep to. Thoughts are free and may come first; then the words for the user
 * are JSON where that is asked for, and a call is one of a function that there is, with arguments that fit.
 *
 * @param continues whether the answer goes on inside a message for the user.
 * @returns undefined where the model may write what it wants.
 * @throws EngineError `bad_request` for a schema that a grammar cannot express, or a tool that is not there.
 */
export function harmonyGrammar(
  { json, tools, maxTokens }: Pick<GenerateRequest, "json" | "tools" | "maxTokens">,
  continues: boolean,
): string | undefined {
  if (json === undefined && tools === undefined) return undefined;
  const rules = createRules(maxTokens);
  const isForced = tools !== undefined && tools.choice !== "auto";
  const words = json === undefined ? until(rules, end, { mayEnd: true }) : jsonAnswer(json, rules);
  const calls = tools === undefined ? [] : wantedTools(tools).functions.map((each) => callOf(each, rules));
  const later = rules.declare("message");
  const further = (name: string): string =>
    `${literal(channel + name + message)} ${until(rules, end, { after: `${literal(NEXT)} ${later.name}` })}`;
  const first = either([
    further("analysis"),
    // What it tells the user before a call.
    ...(isForced || json !== undefined ? [] : [further("commentary")]),
    ...(isForced ? calls : [`${literal(`${channel}final${message}`)} ${words}`, ...calls]),
  ]);
  later.define(first);
  if (!continues) return rules.text(later.name);
  return rules.text(isForced ? `${literal(end + NEXT)} ${later.name}` : words);
}

/** The function may be named before or after the channel: both are how the model has learned it. */
function callOf(tool: ToolFunction, rules: Rules): string {
  const header = either([
    literal(`${channel}commentary to=functions.${tool.name} ${constrain}json${message}`),
    literal(` to=functions.${tool.name}${channel}commentary json${message}`),
  ]);
  return `${header} ${argumentsOf(tool, rules)}`;
}
