import { EngineError } from "../errors.ts";
import { characterNotOf, either, literal, repeat } from "../grammar/expressions.ts";
import { anyObject, anyValue, comma, space } from "../grammar/json.ts";
import { sequence } from "../grammar/object.ts";
import { keyOf, markedNotation } from "../grammar/notation.ts";
import { inNotation, type Rules } from "../grammar/rules.ts";
import { jsonSchema } from "../grammar/schema.ts";
import { isSchema, type Schema } from "../grammar/schema-algebra.ts";
import { textOf } from "../grammar/string.ts";
import { until } from "../grammar/until.ts";
import type { ToolFunction } from "../model.ts";
import type { MarkedSyntax, ObjectSyntax, TaggedSyntax, ToolFormat } from "./tool-format.ts";

/** One call of a tool, as the model writes it, with arguments that fit what the tool describes. */
export function callGrammar(tool: ToolFunction, { call }: ToolFormat, rules: Rules): string {
  if (call.kind === "object") return objectCall(tool, call, rules);
  if (call.kind === "tagged") return taggedCall(tool, call, rules);
  if (call.kind === "python") return pythonCall(tool, rules);
  if (call.kind === "marked") return markedCall(tool, call, rules);
  const name = call.isId ? `${literal(`functions.${tool.name}:`)} [0-9]{1,3}` : literal(tool.name);
  return `${literal(call.before)} ${name} ${literal(call.mark)} ${argumentsOf(tool, rules)} ${literal(call.after)}`;
}

function objectCall(tool: ToolFunction, { nameKey, argumentsKey, indexKey }: ObjectSyntax, rules: Rules): string {
  const gap = space(rules);
  const member = (key: string, value: string): string => `${literal(`"${key}"`)} ${gap} ":" ${gap} ${value}`;
  const index = indexKey === undefined ? [] : [member(indexKey, '"\\"" [0-9] "\\""')];
  const name = member(nameKey, literal(JSON.stringify(tool.name)));
  const members = [...index, name, member(argumentsKey, argumentsOf(tool, rules))];
  return `"{" ${gap} ${members.join(` ${gap} ${comma(rules)} `)} ${gap} "}"`;
}

/**
 * No arguments but those that are described. Schemas that a grammar cannot express bind a call to no more than an object:
 * tools describe, they do not promise.
 */
export function argumentsOf({ parameters = {} }: ToolFunction, rules: Rules): string {
  const schema = { type: "object", additionalProperties: false, ...parameters };
  return expressible(() => jsonSchema(schema, rules)) ?? anyObject(rules);
}

function expressible(expression: () => string): string | undefined {
  try {
    return expression();
  } catch (error) {
    if (error instanceof EngineError && error.code === "bad_request") return undefined;
    throw error;
  }
}

function taggedCall(tool: ToolFunction, syntax: TaggedSyntax, rules: Rules): string {
  const members = membersOf(tool).map(({ key, schema, isRequired }) => {
    const value = isText(schema)
      ? taggedText(schema, syntax.afterValue, rules)
      : `${valueOf(schema, tool, rules)} ${literal(syntax.afterValue)}`;
    const member = `${literal(syntax.beforeKey + key + syntax.afterKey)} ${value}`;
    return isRequired ? member : either([member, ""]);
  });
  return `${literal(syntax.beforeName + tool.name + syntax.afterName)} ${members.join(" ")} ${literal(syntax.after)}`;
}

/** A text without quotes, up to and with the tag after it. */
function taggedText(schema: Schema, afterValue: string, rules: Rules): string {
  const { minLength, maxLength, pattern, format } = schema;
  const values = schema.const === undefined ? schema.enum : [schema.const];
  const after = literal(afterValue);
  if (values !== undefined) return `${either(values.map((value) => literal(String(value))))} ${after}`;
  if (pattern !== undefined || format !== undefined) {
    const text = expressible(() => textOf(schema, "#", rules));
    if (text !== undefined) return `${text} ${after}`;
  }
  if (minLength !== undefined || maxLength !== undefined) {
    const bounds = [Number(minLength ?? 0), Number(maxLength ?? rules.tokens)] as const;
    return `${repeat(characterNotOf([[0x3c, 0x3c]]), ...bounds)} ${after}`;
  }
  return until(rules, afterValue.trim(), { after: literal(afterValue.slice(afterValue.trimEnd().length)) });
}

function pythonCall(tool: ToolFunction, rules: Rules): string {
  const members = membersOf(tool).map(({ key, schema, isRequired }) => ({
    expression: rules.add("member", `${literal(`${key}=`)} ${valueOf(schema, tool, rules)}`),
    isRequired,
  }));
  return `${literal(`${tool.name}(`)} ${sequence(members, undefined, rules)} ")"`;
}

/** The arguments stand in the order of their names, as the model was shown them. */
function markedCall(tool: ToolFunction, { before, quote }: MarkedSyntax, rules: Rules): string {
  const marked = inNotation(rules, markedNotation(quote));
  const members = membersOf(tool)
    .toSorted((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ key, schema, isRequired }) => {
      const value = isText(schema)
        ? `${literal(quote)} ${taggedText(schema, quote, marked)}`
        : valueOf(schema, tool, marked);
      return { expression: rules.add("member", `${keyOf(key, marked.notation)} ":" ${value}`), isRequired };
    });
  return `${literal(`${before}${tool.name}{`)} ${sequence(members, undefined, rules)} "}"`;
}

interface Argument {
  readonly key: string;
  readonly schema: unknown;
  readonly isRequired: boolean;
}

function membersOf({ parameters }: ToolFunction): readonly Argument[] {
  if (!isSchema(parameters)) return [];
  const { properties = {}, required = [] } = parameters;
  return Object.entries(properties).map(([key, schema]) => ({ key, schema, isRequired: required.includes(key) }));
}

function isText(schema: unknown): schema is Schema {
  return isSchema(schema) && schema.type === "string";
}

/** An argument as JSON; what it refers to stands in the schema of all. */
function valueOf(schema: unknown, { parameters = {} }: ToolFunction, rules: Rules): string {
  const { $defs, definitions } = parameters;
  const own = isSchema(schema) ? schema : {};
  return expressible(() => jsonSchema({ $defs, definitions, ...own }, rules)) ?? anyValue(rules);
}
