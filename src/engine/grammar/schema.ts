import type { JsonSchema } from "../model.ts";
import { arrayOf } from "./array.ts";
import { either } from "./expressions.ts";
import { anyValue } from "./json.ts";
import { constant } from "./notation.ts";
import { isNumberType, numberOf } from "./number.ts";
import { objectOf } from "./object.ts";
import { refuse } from "./refuse.ts";
import { createRules, type Rules } from "./rules.ts";
import { areDisjoint, isSchema, merged, type Schema } from "./schema-algebra.ts";
import { stringOf } from "./string.ts";

/** Compiles the schemas inside of a schema. */
export interface Compiler {
  readonly rules: Rules;
  compile(schema: unknown, path: string): string;
  /** The same, but undefined for what would only go deeper into a schema that contains itself. */
  attempt(schema: unknown, path: string): string | undefined;
}

const MAX_DEPTH = 64;
/** How often a schema may come again inside of itself: without an end to it, some models would write nothing else. */
const MAX_RECURSION = 8;

/** Thrown where a schema would have to contain itself once more. */
class Recursion extends Error {}

/**
 * What a JSON Schema allows, as a grammar: every text of the grammar fits the schema. Not the other way around: objects
 * have their properties in the order of the schema, and others only where `additionalProperties` says so.
 *
 * Source: https://json-schema.org/draft/2020-12
 * @throws EngineError `bad_request` that names a keyword which a grammar cannot express.
 */
export function jsonSchema(schema: JsonSchema, rules: Rules): string {
  const references = new Map<string, string>();
  const open: string[] = [];
  let depth = 0;

  const compiler: Compiler = {
    rules,
    compile(part, path) {
      if (depth >= MAX_DEPTH)
        refuse(path, { en: `is nested more than ${MAX_DEPTH} deep`, "zh-TW": `的巢狀結構超過 ${MAX_DEPTH} 層` });
      depth++;
      try {
        return compilePart(part, path);
      } finally {
        depth--;
      }
    },
    attempt(part, path) {
      try {
        return compiler.compile(part, path);
      } catch (error) {
        if (error instanceof Recursion) return undefined;
        throw error;
      }
    },
  };

  function compilePart(part: unknown, path: string): string {
    if (part === true) return anyValue(rules);
    if (!isSchema(part))
      return refuse(path, { en: "must be a schema that something fits", "zh-TW": "必須是有值能符合的 schema" });
    if (part.$ref !== undefined) return reference(part, path);
    if (part.allOf !== undefined) return compiler.compile(joined(part, path), path);
    if (part.anyOf !== undefined) return alternatives(part, "anyOf", path);
    if (part.oneOf !== undefined) return alternatives(part, "oneOf", path);
    refuseUnknown(part, path);
    const values = part.const === undefined ? part.enum : [part.const];
    return values === undefined ? byType(part, path) : constants(part, values, path);
  }

  /** A rule for each place that is referred to, and for each time that it comes again inside of itself. */
  function reference({ $ref = "", ...siblings }: Schema, path: string): string {
    const target = targetOf($ref, path);
    const recursion = open.length - new Set(open).size + (open.includes($ref) ? 1 : 0);
    if (recursion > MAX_RECURSION) throw new Recursion();
    const key = `${recursion} ${$ref}`;
    const known = references.get(key);
    if (known !== undefined && !hasConstraints(siblings)) return known;
    open.push($ref);
    try {
      if (hasConstraints(siblings)) return compiler.compile(mergedAt(path, target, siblings), path);
      const rule = rules.add("ref", compiler.compile(target, $ref));
      references.set(key, rule);
      return rule;
    } finally {
      open.pop();
    }
  }

  function targetOf(pointer: string, path: string): unknown {
    return (
      resolve(schema, pointer) ??
      refuse(path, {
        en: `refers to '${pointer}', which is not in the schema`,
        "zh-TW": `參照的「${pointer}」不在 schema 中`,
      })
    );
  }

  function joined(part: Schema, path: string): unknown {
    const { allOf = [], ...rest } = part;
    return allOf.map((each) => dereferenced(each, path)).reduce((all, each) => mergedAt(path, all, each), rest);
  }

  function dereferenced(part: unknown, path: string, hops = 0): unknown {
    if (!isSchema(part) || part.$ref === undefined) return part;
    if (hops > MAX_DEPTH) refuse(path, { en: "refers to itself", "zh-TW": "參照自己" });
    const { $ref, ...siblings } = part;
    const target = targetOf($ref, path);
    return mergedAt(path, dereferenced(target, path, hops + 1), siblings);
  }

  function mergedAt(path: string, one: unknown, other: unknown): unknown {
    return (
      merged(one, other) ??
      refuse(path, { en: "joins schemas that a grammar cannot join", "zh-TW": "結合了文法無法結合的 schema" })
    );
  }

  function alternatives(part: Schema, keyword: "anyOf" | "oneOf", path: string): string {
    const { [keyword]: options = [], ...siblings } = part;
    const all = options.map((option) =>
      hasConstraints(siblings) ? joined({ ...siblings, allOf: [option] }, path) : option,
    );
    if (all.length === 0) refuse(`${path}/${keyword}`, { en: "is empty", "zh-TW": "是空的" });
    if (keyword === "oneOf" && !areDisjoint(all.map((option) => dereferenced(option, path)))) {
      refuse(`${path}/oneOf`, {
        en: "has alternatives that cannot be told apart by a type or a constant; use 'anyOf'",
        "zh-TW": "的選項無法以型別或常數區分，請使用「anyOf」",
      });
    }
    const possible = all.flatMap((option, index) => compiler.attempt(option, `${path}/${keyword}/${index}`) ?? []);
    if (possible.length === 0) throw new Recursion();
    return either(possible);
  }

  function constants(part: Schema, values: readonly unknown[], path: string): string {
    const others = Object.keys(part).filter((key) => CONSTRAINTS.has(key) && !["type", "const", "enum"].includes(key));
    if (others.length > 0)
      refuse(path, { en: `has '${others[0]}' beside fixed values`, "zh-TW": `在固定的值之外還有「${others[0]}」` });
    const types = typesOf(part);
    const fitting = values.filter((value) => types.length === 0 || types.some((type) => isOfType(value, type)));
    if (fitting.length === 0) refuse(path, { en: "allows no value", "zh-TW": "不允許任何值" });
    return either(fitting.map((value) => constant(value, rules.notation)));
  }

  function byType(part: Schema, path: string): string {
    const types = typesOf(part);
    const known = types.length > 0 ? types : [impliedType(part)];
    return either(known.map((type) => ofType(type, part, path)));
  }

  function ofType(type: string | undefined, part: Schema, path: string): string {
    switch (type) {
      case undefined:
        return anyValue(rules);
      case "object":
        return rules.add("object", objectOf(part, path, compiler));
      case "array":
        return rules.add("array", arrayOf(part, path, compiler));
      case "string":
        return rules.add("string", stringOf(part, path, compiler));
      case "number":
      case "integer":
        return rules.add(type, numberOf(part, type, path, compiler));
      case "boolean":
        return '("true" | "false")';
      case "null":
        return '"null"';
      default:
        return refuse(`${path}/type`, { en: `is '${type}', which is no type`, "zh-TW": `是「${type}」，不是型別` });
    }
  }

  return (
    compiler.attempt(schema, "#") ?? refuse("#", { en: "contains itself without an end", "zh-TW": "無止盡地包含自己" })
  );
}

/** Whether a schema can be had as a grammar. @throws EngineError `bad_request` that says why not. */
export function checkSchema(schema: JsonSchema): void {
  const rules = createRules();
  rules.text(jsonSchema(schema, rules));
}

/** Keywords that say what is valid, and that are looked at here or by the types. */
const CONSTRAINTS = new Set(
  (
    "$ref allOf anyOf oneOf const enum type properties required additionalProperties patternProperties minProperties maxProperties " +
    "items prefixItems minItems maxItems uniqueItems minLength maxLength pattern format " +
    "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf"
  ).split(" "),
);

/** Keywords that say what is valid, and that no grammar can express. What stands nowhere here is an annotation. */
const INEXPRESSIBLE = (
  "not if then else contains minContains maxContains unevaluatedItems propertyNames " +
  "dependentRequired dependentSchemas dependencies unevaluatedProperties $dynamicRef $recursiveRef"
).split(" ");

function refuseUnknown(part: Schema, path: string): void {
  const found = INEXPRESSIBLE.find((keyword) => Object.hasOwn(part, keyword));
  if (found !== undefined)
    refuse(path, {
      en: `has '${found}', which local models cannot keep to`,
      "zh-TW": `有「${found}」，本機模型無法遵守`,
    });
}

function hasConstraints(part: Schema): boolean {
  return Object.keys(part).some((keyword) => CONSTRAINTS.has(keyword) || INEXPRESSIBLE.includes(keyword));
}

/** What a pointer within the document means: `#/$defs/node`. */
function resolve(schema: JsonSchema, pointer: string): unknown {
  if (pointer !== "#" && !pointer.startsWith("#/")) return undefined;
  let found: unknown = schema;
  for (const step of pointer.split("/").slice(1)) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

function typesOf({ type }: Schema): readonly string[] {
  return type === undefined ? [] : [type].flat();
}

const OBJECT_KEYWORDS = [
  "properties",
  "required",
  "additionalProperties",
  "patternProperties",
  "minProperties",
  "maxProperties",
] as const;

/** The type whose keywords a schema has that names none. */
function impliedType(part: Schema): string | undefined {
  const has = (...keywords: readonly string[]): boolean => keywords.some((keyword) => Object.hasOwn(part, keyword));
  if (has(...OBJECT_KEYWORDS)) return "object";
  if (has("items", "prefixItems", "minItems", "maxItems", "uniqueItems")) return "array";
  if (has("minLength", "maxLength", "pattern", "format")) return "string";
  if (has("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")) return "number";
  return undefined;
}

function isOfType(value: unknown, type: string): boolean {
  if (value === null) return type === "null";
  if (Array.isArray(value)) return type === "array";
  return isNumberType(type)
    ? typeof value === "number" && (type === "number" || Number.isInteger(value))
    : typeof value === type;
}
