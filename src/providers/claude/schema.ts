import type { InputSchema } from "./wire.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Formats of strings that a bound answer can be held to. */
const FORMATS = new Set(["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"]);

const KEPT = new Set(["type", "title", "description", "enum", "const", "default", "$ref", "required"]);
const MAPS = ["properties", "$defs", "definitions"] as const;
const LISTS = ["anyOf", "oneOf", "allOf"] as const;

/** References within references; nobody's schema has more. */
const MAX_OPEN_REFERENCES = 200;

/**
 * A schema that an answer can be bound to. Limits on numbers, lengths and patterns move into the description, as
 * Anthropic's own SDKs do it; objects get no further properties.
 *
 * @returns undefined where that would change what the schema means: recursion, maps with free keys, anything goes; and where
 * references lead too deep to tell.
 * Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */
export function strictSchema(schema: JsonSchema): JsonSchema | undefined {
  return isBindable(schema) ? strict(schema) : undefined;
}

function strict(schema: JsonSchema): JsonSchema {
  const bound: Record<string, unknown> = {};
  const limits: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (KEPT.has(keyword)) bound[keyword] = value;
    else if (isOneOf(MAPS, keyword) && isObject(value)) bound[keyword] = mapValues(value, strict);
    else if (isOneOf(LISTS, keyword)) bound[keyword === "oneOf" ? "anyOf" : keyword] = schemas(value).map(strict);
    else if (keyword === "items" && isObject(value)) bound[keyword] = strict(value);
    else if (isSupported(keyword, value)) bound[keyword] = value;
    else if (keyword !== "$schema" && keyword !== "additionalProperties") limits[keyword] = value;
  }
  if (hasType(schema, "object"))
    Object.assign(bound, { properties: bound["properties"] ?? {}, additionalProperties: false });
  if (Object.keys(limits).length === 0) return bound;
  const { description } = schema;
  const said = typeof description === "string" ? `${description}\n\n` : "";
  return { ...bound, description: said + JSON.stringify(limits) };
}

function isSupported(keyword: string, value: unknown): boolean {
  if (keyword === "format") return typeof value === "string" && FORMATS.has(value);
  return keyword === "minItems" && (value === 0 || value === 1);
}

function isBindable(root: JsonSchema): boolean {
  /** The references that are being followed: one that comes again within itself is a recursion. */
  const open = new Set<string>();
  const checked = new Set<string>();

  const isReferenceBindable = (ref: string): boolean => {
    if (checked.has(ref)) return true;
    const target = resolve(ref, root);
    if (!target || open.has(ref) || open.size >= MAX_OPEN_REFERENCES) return false;
    open.add(ref);
    const result = check(target);
    open.delete(ref);
    if (result) checked.add(ref);
    return result;
  };
  const check = (schema: unknown): boolean => {
    if (!isObject(schema)) return false;
    if (typeof schema["$ref"] === "string") return isReferenceBindable(schema["$ref"]);
    if ((schema["additionalProperties"] ?? false) !== false) return false;
    if ("patternProperties" in schema || "prefixItems" in schema) return false;
    const says = ["type", "enum", "const", ...LISTS].some((keyword) => keyword in schema);
    return says && subschemas(schema).every(check);
  };
  return check(root);
}

/** What may stand within; definitions count where they are referred to. */
function subschemas(schema: JsonSchema): readonly unknown[] {
  const { properties, items } = schema;
  return [
    ...(isObject(properties) ? Object.values(properties) : []),
    ...(items === undefined ? [] : [items]),
    ...LISTS.flatMap((keyword) => schemas(schema[keyword])),
  ];
}

/** @param ref such as `#/$defs/Step`; undefined for what lies elsewhere or is not there. */
function resolve(ref: string, root: JsonSchema): JsonSchema | undefined {
  if (!ref.startsWith("#/")) return undefined;
  let found: unknown = root;
  for (const name of ref.slice(2).split("/")) {
    const key = name.replaceAll("~1", "/").replaceAll("~0", "~");
    found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return isObject(found) ? found : undefined;
}

/** A tool's parameters as the vendor takes them: an object, without alternatives at the top. */
export function inputSchema(parameters: JsonSchema | null | undefined): InputSchema {
  const { anyOf, oneOf, allOf, ...schema } = parameters ?? {};
  const branches = [anyOf, oneOf, allOf].flatMap(schemas);
  const properties = [schema, ...branches].map((branch) => branch["properties"]).filter(isObject);
  const required = [schema, ...schemas(allOf)].flatMap((branch) => branch["required"] ?? []);
  return {
    ...schema,
    ...(branches.length > 0 && required.length > 0 && { required: [...new Set(required)] }),
    type: "object",
    properties: Object.assign({}, ...properties) as JsonSchema,
  };
}

function mapValues(values: JsonSchema, change: (value: JsonSchema) => JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, isObject(value) ? change(value) : value]),
  );
}

function schemas(value: unknown): readonly JsonSchema[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function hasType({ type }: JsonSchema, name: string): boolean {
  return type === name || (Array.isArray(type) && type.includes(name));
}

function isOneOf<T extends string>(values: readonly T[], value: string): value is T {
  return (values as readonly string[]).includes(value);
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
