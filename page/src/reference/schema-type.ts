import { nameOf, type Schema } from "./openapi.ts";

/** A schema in one line, as TypeScript would write it: `Message[]`, `"float" | "base64"`, `integer 1–128`. */
export function typeText(schema: Schema): string {
  if (schema.$ref !== undefined) return nameOf(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return [...new Set(choices(schema).map(typeText))].join(" | ");
  const types = [schema.type ?? "any"].flat().filter((type) => type !== "null");
  if (schema.type === "array") return listText(typeText(schema.items ?? {}));
  if (schema.type === "object") return objectText(schema);
  return `${types.join(" | ")}${boundsText(schema)}`;
}

/** Whether null is one of its values: told apart from the type, since nearly all fields of a request may be null. */
export function isNullable(schema: Schema): boolean {
  return [schema.type].flat().includes("null") || (schema.anyOf ?? []).some(isNullable);
}

/** The objects in a schema, whose fields can be shown below it. */
export function objectsIn(schema: Schema): readonly Schema[] {
  if (schema.$ref !== undefined || schema.properties) return [schema];
  if (schema.anyOf) return schema.anyOf.flatMap(objectsIn);
  return schema.items ? objectsIn(schema.items) : [];
}

/** What it may be, but for null; choices within choices are one list. */
function choices({ anyOf = [] }: Schema): readonly Schema[] {
  return anyOf.flatMap((choice) => (choice.anyOf ? choices(choice) : choice)).filter(({ type }) => type !== "null");
}

function listText(entry: string): string {
  return entry.includes(" ") ? `(${entry})[]` : `${entry}[]`;
}

function objectText({ additionalProperties: value, properties }: Schema): string {
  return typeof value === "object" && !properties ? `{ [name]: ${typeText(value)} }` : "object";
}

function boundsText({ minimum, maximum }: Schema): string {
  if (minimum === undefined && maximum === undefined) return "";
  if (maximum === undefined) return ` ≥ ${minimum}`;
  return minimum === undefined ? ` ≤ ${maximum}` : ` ${minimum}–${maximum}`;
}
