import { isSchema, type Schema } from "../grammar/schema-algebra.ts";

/** Schemas that contain themselves are written so deep. */
const MOST_LEVELS = 6;

/**
 * A schema of which every part names one type: some templates take no other. Of several alternatives it tells the first;
 * that one is `null` stands in `nullable`.
 */
export function typedSchema(schema: Schema, root: Schema = schema, level = 0): Schema {
  const alternatives = (schema.anyOf ?? schema.oneOf ?? []).filter(isSchema).map((each) => resolved(each, root));
  const first = alternatives.find(({ type }) => type !== "null");
  const { anyOf: _, oneOf: __, ...part } = { ...first, ...resolved(schema, root) };
  const types = [...typesOf(part), ...alternatives.flatMap(typesOf)];
  const type = types.find((each) => each !== "null") ?? "string";
  if (level === MOST_LEVELS) return { type };

  const typed = (each: unknown): Schema => typedSchema(isSchema(each) ? each : {}, root, level + 1);
  const { properties, items } = part;
  const members = Object.entries(properties ?? {}).map(([name, each]) => [name, typed(each)] as const);
  return {
    ...part,
    type,
    ...(types.includes("null") && { nullable: true }),
    ...(properties && { properties: Object.fromEntries(members) }),
    ...(items !== undefined && { items: typed(items) }),
  };
}

/** With what a reference within the document, `#/$defs/place`, refers to. */
function resolved({ $ref, ...beside }: Schema, root: Schema): Schema {
  const [, keyword = "", name = ""] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec($ref ?? "") ?? [];
  const definitions = root[keyword];
  const found: unknown =
    typeof definitions === "object" && definitions !== null ? Reflect.get(definitions, name) : undefined;
  return isSchema(found) ? { ...found, ...beside } : beside;
}

/** The types that a schema names, or that its keywords speak of. */
function typesOf({ type, const: value, enum: values, properties, items }: Schema): readonly string[] {
  if (type !== undefined) return [type].flat();
  if (value !== undefined) return [typeOf(value)];
  if (values !== undefined) return values.map(typeOf);
  if (properties !== undefined) return ["object"];
  return items === undefined ? [] : ["array"];
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
