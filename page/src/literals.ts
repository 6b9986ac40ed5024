/*
 * JSON values as programs write them, for the examples that people copy.
 */

/** Longer lists and objects stand on several lines. */
const MAX_LINE = 72;

/** A value as people write it in JavaScript: names without quotes where none are needed. */
export function javascriptLiteral(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replaceAll(/^(\s*)"([A-Za-z_]\w*)":/gm, "$1$2:");
}

/** A value as Python writes it: strings and numbers are JSON's, the rest has other words. */
export function pythonLiteral(value: unknown, indent: string): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}    `;
  const [open, close, entries] = Array.isArray(value)
    ? ["[", "]", value.map((entry) => pythonLiteral(entry, inner))]
    : ["{", "}", Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${pythonLiteral(entry, inner)}`)];
  const oneLine = `${open}${entries.join(", ")}${close}`;
  if (entries.length === 0 || (oneLine.length <= MAX_LINE && !oneLine.includes("\n"))) return oneLine;
  return `${open}\n${entries.map((entry) => `${inner}${entry},`).join("\n")}\n${indent}${close}`;
}
