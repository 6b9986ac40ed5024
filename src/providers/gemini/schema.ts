import { invalidRequest } from "../../api/error.ts";

/** A schema in OpenAPI's subset, and the keywords of the JSON Schema that it could not keep. */
export interface OpenApiSchema {
  readonly schema: object;
  readonly lost: ReadonlySet<string>;
}

type JsonObject = Readonly<Record<string, unknown>>;

interface Reading {
  /** The outermost schema: what `$ref` points into. */
  readonly root: unknown;
  readonly lost: Set<string>;
  /** The references that are being resolved: one that comes again is recursion. */
  readonly path: ReadonlySet<string>;
  /** Those on the way to what `allOf` has put in: one that it would put in again within is recursion, too. */
  readonly merged: ReadonlySet<string>;
  readonly depth: number;
  readonly budget: { schemas: number };
}

/** A schema, and what is known on the way to it. */
interface Resolved {
  readonly schema: JsonObject;
  readonly reading: Reading;
}

/** References can double a schema at every step; nobody's schema is this large. */
const MAX_SCHEMAS = 5_000;
/** Nor this deep. */
const MAX_DEPTH = 200;

const ANNOTATIONS = new Set(["title", "description", "nullable", "default", "example"]);
const KEPT: Readonly<Record<string, readonly string[]>> = {
  string: ["minLength", "maxLength", "pattern"],
  number: ["minimum", "maximum"],
  integer: ["minimum", "maximum"],
  boolean: [],
  array: ["minItems", "maxItems"],
  object: ["minProperties", "maxProperties", "propertyOrdering"],
};
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  string: ["enum", "date-time"],
  number: ["float", "double"],
  integer: ["int32", "int64"],
};
/** Keywords that are read here, and those that say nothing about values. */
const READ = new Set(
  "type enum const anyOf oneOf allOf $ref $defs definitions properties required items format $schema $id $comment examples".split(
    " ",
  ),
);

/**
 * JSON Schema in the OpenAPI subset that older models take: references are put in place, `null` becomes `nullable`,
 * values of an `enum` become strings. What the subset cannot say is left out, so that the schema allows more, never less.
 *
 * @throws ApiError 400 for a schema that grows too large when its references are put in place.
 * Source: https://ai.google.dev/api/caching#Schema
 */
export function openApiSchema(jsonSchema: unknown): OpenApiSchema {
  const lost = new Set<string>();
  const budget = { schemas: MAX_SCHEMAS };
  const schema = convert(jsonSchema, { root: jsonSchema, lost, path: new Set(), merged: new Set(), depth: 0, budget });
  return { schema, lost };
}

function convert(value: unknown, reading: Reading): JsonObject {
  spend(reading);
  const resolved = resolve(value, { ...reading, depth: reading.depth + 1 });
  if (resolved === undefined) return { type: "object" };
  const { schema, reading: within } = mergeAllOf(resolved);

  const variants = alternatives(schema, within);
  if (variants) return union(variants, schema, within);
  const values = enumeration(schema, within);
  if (values) return { ...annotations(schema), ...values };
  return typed(schema, within);
}

function spend({ budget, depth }: Reading): void {
  if (depth > MAX_DEPTH) {
    throw invalidRequest({
      en: `A JSON Schema is nested more than ${MAX_DEPTH} levels deep once its references are resolved.`,
      "zh-TW": `JSON Schema 展開參照之後，巢狀超過 ${MAX_DEPTH} 層。`,
    });
  }
  if (--budget.schemas >= 0) return;
  throw invalidRequest({
    en: `A JSON Schema has more than ${MAX_SCHEMAS} parts once its references are resolved.`,
    "zh-TW": `JSON Schema 展開參照之後超過 ${MAX_SCHEMAS} 個部分。`,
  });
}

/** The schema behind its references; undefined where they lead in a circle or nowhere. */
function resolve(value: unknown, reading: Reading): Resolved | undefined {
  let schema = isObject(value) ? value : {};
  const path = new Set(reading.path);
  for (let ref = schema["$ref"]; typeof ref === "string"; ref = schema["$ref"]) {
    spend(reading);
    const target = path.has(ref) ? undefined : lookUp(ref, reading.root);
    if (target === undefined) {
      reading.lost.add("$ref");
      return undefined;
    }
    const { $ref: _, ...beside } = schema;
    schema = { ...target, ...beside };
    path.add(ref);
  }
  return { schema, reading: { ...reading, path } };
}

/** @param ref a JSON pointer into the same document: `#/$defs/Address`. */
function lookUp(ref: string, root: unknown): JsonObject | undefined {
  if (!ref.startsWith("#")) return undefined;
  let value: unknown = root;
  for (const step of ref.slice(1).split("/").slice(1)) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return isObject(value) ? value : undefined;
}

/** One schema that says what all of `allOf` say. */
function mergeAllOf({ schema, reading }: Resolved): Resolved {
  const { allOf, ...own } = schema;
  if (!Array.isArray(allOf)) return { schema, reading };
  const path = reading.path.union(reading.merged);
  let { merged } = reading;
  let sum: JsonObject = own;
  let isWhole = true;
  for (const part of allOf) {
    spend(reading);
    const resolved = resolve(part, { ...reading, path, depth: reading.depth + 1 });
    if (!resolved) {
      isWhole = false;
      continue;
    }
    const whole = mergeAllOf(resolved);
    sum = both(sum, whole.schema, reading.lost);
    merged = merged.union(whole.reading.path).union(whole.reading.merged);
  }
  const isTyped = isWhole || TYPING.some((key) => Object.hasOwn(sum, key));
  return { schema: isTyped ? sum : { type: "object", ...sum }, reading: { ...reading, merged } };
}

/** What tells of which type a value is. */
const TYPING: readonly string[] = ["type", "anyOf", "oneOf", "enum", "const", "items", "prefixItems"];

/** Where two schemas say different things of one keyword, the first counts. */
function both(first: JsonObject, second: JsonObject, lost: Set<string>): JsonObject {
  const { properties, required, ...rest } = second;
  if (Object.keys(rest).some((key) => Object.hasOwn(first, key) && first[key] !== rest[key])) lost.add("allOf");
  return {
    ...rest,
    ...first,
    ...(isObject(properties) && { properties: { ...properties, ...asObject(first["properties"]) } }),
    ...(Array.isArray(required) && { required: [...asArray(first["required"]), ...required] }),
  };
}

/** The schemas of which one must fit; undefined for a schema that names one type or none. */
function alternatives(schema: JsonObject, { lost }: Reading): readonly unknown[] | undefined {
  const listed = [...asArray(schema["anyOf"]), ...asArray(schema["oneOf"])];
  if (listed.length > 0) {
    if (Array.isArray(schema["oneOf"])) lost.add("oneOf");
    // What stands beside the alternatives holds for each of them.
    const { anyOf: _a, oneOf: _o, title: _t, description: _d, nullable: _n, default: _f, ...beside } = schema;
    return Object.keys(beside).some((key) => ["type", "properties", "required", "items"].includes(key))
      ? listed.map((variant) => (isObject(variant) && variant["type"] !== "null" ? { ...beside, ...variant } : variant))
      : listed;
  }
  const { type, enum: _, ...rest } = schema;
  return Array.isArray(type) && !Array.isArray(schema["enum"])
    ? type.map((one) => ({ ...rest, type: one }))
    : undefined;
}

function union(variants: readonly unknown[], schema: JsonObject, reading: Reading): JsonObject {
  const isNull = (variant: unknown): boolean => isObject(variant) && variant["type"] === "null";
  const others = variants.filter((variant) => !isNull(variant)).map((variant) => convert(variant, reading));
  const nullable = others.length < variants.length && { nullable: true };
  const [first, second] = others;
  if (!first) return { ...annotations(schema), type: "string", nullable: true };
  if (!second) return { ...first, ...annotations(schema), ...nullable };
  return { ...annotations(schema), ...nullable, anyOf: others };
}

/** Values that are listed; all become strings, as Gemini takes no others. */
function enumeration(schema: JsonObject, { lost }: Reading): JsonObject | undefined {
  const listed = "const" in schema ? [schema["const"]] : schema["enum"];
  if (!Array.isArray(listed)) return undefined;
  const values = listed.filter((value) => value !== null && value !== "");
  if (values.some((value) => typeof value !== "string") || listed.includes("")) lost.add("enum");
  const texts = values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  return {
    type: "string",
    ...(texts.length > 0 && { format: "enum", enum: [...new Set(texts)] }),
    ...(listed.includes(null) && { nullable: true }),
  };
}

function typed(schema: JsonObject, reading: Reading): JsonObject {
  const type = typeOf(schema);
  noteLost(schema, type, reading.lost);
  const kept = (KEPT[type] ?? []).filter((key) => typeof schema[key] === typeof SAMPLE[key]);
  return {
    type,
    ...annotations(schema),
    ...Object.fromEntries(kept.map((key) => [key, schema[key]])),
    ...(FORMATS[type]?.includes(String(schema["format"])) &&
      schema["format"] !== "enum" && { format: schema["format"] }),
    ...(type === "object" && fields(schema, reading)),
    ...(type === "array" && { items: items(schema, reading) }),
  };
}

/** One value of the type that each keyword must have. */
const SAMPLE: JsonObject = {
  minLength: 0,
  maxLength: 0,
  minimum: 0,
  maximum: 0,
  minItems: 0,
  maxItems: 0,
  minProperties: 0,
  maxProperties: 0,
  pattern: "",
  propertyOrdering: [],
};

function typeOf(schema: JsonObject): string {
  const { type } = schema;
  if (typeof type === "string" && Object.hasOwn(KEPT, type.toLowerCase())) return type.toLowerCase();
  if (isObject(schema["properties"]) || "additionalProperties" in schema) return "object";
  return "items" in schema || "prefixItems" in schema ? "array" : "string";
}

function fields(schema: JsonObject, reading: Reading): JsonObject {
  const properties = Object.entries(asObject(schema["properties"]));
  if (properties.length === 0) return {};
  const required = asArray(schema["required"]).filter((name) => properties.some(([known]) => known === name));
  return {
    properties: Object.fromEntries(properties.map(([name, value]) => [name, convert(value, reading)])),
    ...(required.length > 0 && { required: [...new Set(required)] }),
  };
}

/** Gemini wants to know what an array holds; of a tuple, any of its types may stand at any place. */
function items(schema: JsonObject, reading: Reading): JsonObject {
  const tuple = [...asArray(schema["prefixItems"]), ...(Array.isArray(schema["items"]) ? schema["items"] : [])];
  if (tuple.length > 0) return union(tuple, {}, reading);
  return convert(schema["items"], reading);
}

function annotations({ title, description, nullable, default: fallback, example }: JsonObject): JsonObject {
  return {
    ...(typeof title === "string" && { title }),
    ...(typeof description === "string" && { description }),
    ...(nullable === true && { nullable }),
    ...(fallback != null && { default: fallback }),
    ...(example != null && { example }),
  };
}

function noteLost(schema: JsonObject, type: string, lost: Set<string>): void {
  for (const key of Object.keys(schema)) {
    if (READ.has(key) || ANNOTATIONS.has(key) || KEPT[type]?.includes(key)) continue;
    if (/^\$?[a-zA-Z]+$/.test(key)) lost.add(key); // it may be any text, and goes into a header
  }
  if ("format" in schema && !FORMATS[type]?.includes(String(schema["format"]))) lost.add("format");
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
