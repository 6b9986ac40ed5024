import type { JsonSchema } from "../model.ts";

/** The keywords that are read here; whatever is in them is checked where it is used. */
export interface Schema extends JsonSchema {
  readonly $ref?: string;
  readonly allOf?: readonly unknown[];
  readonly anyOf?: readonly unknown[];
  readonly oneOf?: readonly unknown[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly patternProperties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

/** Whether it is an object whose keywords have the types that `Schema` says. */
export function isSchema(value: unknown): value is Schema {
  if (!isObject(value)) return false;
  const lists = [value["allOf"], value["anyOf"], value["oneOf"], value["enum"], value["prefixItems"]];
  if (lists.some((list) => list !== undefined && !Array.isArray(list))) return false;
  const { $ref, type, properties, patternProperties, required } = value;
  if ($ref !== undefined && typeof $ref !== "string") return false;
  if ([properties, patternProperties].some((named) => named !== undefined && !isObject(named))) return false;
  if (required !== undefined && !isTexts(required)) return false;
  return type === undefined || typeof type === "string" || isTexts(type);
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

/** A schema for what fits both; undefined where that would take more than putting their keywords together. */
export function merged(one: unknown, other: unknown): unknown {
  if (one === true) return other;
  if (other === true) return one;
  if (!isSchema(one) || !isSchema(other)) return undefined;
  const all: Record<string, unknown> = { ...one };
  for (const [keyword, value] of Object.entries(other)) {
    const both = keyword in all ? mergedKeyword(keyword, all[keyword], value) : value;
    if (both === undefined) return undefined;
    all[keyword] = both;
  }
  return all;
}

const LOWER_BOUNDS = new Set(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"]);
const UPPER_BOUNDS = new Set(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"]);
const ANNOTATIONS = new Set(["title", "description", "default", "examples", "$id", "$schema", "$comment"]);

function mergedKeyword(keyword: string, one: unknown, other: unknown): unknown {
  if (ANNOTATIONS.has(keyword) || JSON.stringify(one) === JSON.stringify(other)) return one;
  if (typeof one === "number" && typeof other === "number") {
    if (LOWER_BOUNDS.has(keyword)) return Math.max(one, other);
    if (UPPER_BOUNDS.has(keyword)) return Math.min(one, other);
  }
  switch (keyword) {
    case "required":
      return [...new Set([one, other].flat())];
    case "enum":
      return shared(one, other);
    case "type":
      return shared([one].flat(), [other].flat());
    case "properties":
      return isObject(one) && isObject(other) ? mergedProperties(one, other) : undefined;
    default:
      return undefined;
  }
}

function shared(one: unknown, other: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(one) || !Array.isArray(other)) return undefined;
  const texts = new Set(other.map((value) => JSON.stringify(value)));
  const both = one.filter((value) => texts.has(JSON.stringify(value)));
  return both.length === 0 ? undefined : both;
}

function mergedProperties(one: JsonSchema, other: JsonSchema): JsonSchema | undefined {
  const all: Record<string, unknown> = { ...one };
  for (const [name, schema] of Object.entries(other)) {
    const both = Object.hasOwn(all, name) ? merged(all[name], schema) : schema;
    if (both === undefined) return undefined;
    all[name] = both;
  }
  return all;
}

/** Whether no value fits two of them: by their types, by constants, or by a required property that has constants. */
export function areDisjoint(schemas: readonly unknown[]): boolean {
  return schemas.every((one, index) => schemas.slice(index + 1).every((other) => differ(one, other)));
}

function differ(one: unknown, other: unknown): boolean {
  if (!isSchema(one) || !isSchema(other)) return false;
  const [ones, others] = [constants(one), constants(other)];
  if (ones && others) return !ones.some((value) => others.includes(value));
  const [types, otherTypes] = [jsonTypes(one), jsonTypes(other)];
  if (types && otherTypes && !types.some((type) => otherTypes.includes(type))) return true;
  return Object.entries(one.properties ?? {}).some(([name, schema]) => {
    const isRequired = one.required?.includes(name) && other.required?.includes(name);
    const [tags, otherTags] = [constants(schema), constants(other.properties?.[name])];
    return isRequired === true && tags !== undefined && otherTags?.every((tag) => !tags.includes(tag)) === true;
  });
}

/** The values that a schema allows, as JSON; undefined where it does not list them. */
function constants(schema: unknown): readonly string[] | undefined {
  if (!isSchema(schema)) return undefined;
  const values = schema.const === undefined ? schema.enum : [schema.const];
  return values?.map((value) => JSON.stringify(value));
}

/** An integer is a number. */
function jsonTypes({ type }: Schema): readonly string[] | undefined {
  return type === undefined ? undefined : [type].flat().map((name) => (name === "integer" ? "number" : name));
}
