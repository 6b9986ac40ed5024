import type { ZodType } from "zod";
import { readPartialJson } from "./partial-json.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/** How an answer that is yet being written stands to its schema. */
export type Verdict =
  | { readonly state: "empty" }
  /** Valid so far. */
  | { readonly state: "fits_so_far" }
  | { readonly state: "fits" }
  /** @property problem with the path to it; JavaScript's and Zod's own words, in English. */
  | { readonly state: "broken"; readonly problem: string };

/** Judges the beginning of a JSON text, or all of it. */
export type Judge = (text: string) => Verdict;

/**
 * A judge of texts by a schema. Zod is fetched for it.
 *
 * @throws Error for a schema that Zod cannot read.
 */
export async function createJudge(schema: JsonSchema): Promise<Judge> {
  const { config, fromJSONSchema } = await import("zod");
  config({ jitless: true }); // the page's policy lets nobody make code of text
  const type = fromJSONSchema(schema);
  return (text) => judge(text, type);
}

function judge(text: string, type: ZodType): Verdict {
  try {
    const read = readPartialJson(text);
    if (!read) return { state: "empty" };
    if (read.value === undefined) return { state: "fits_so_far" };
    const { value, openPath } = read;
    const issues = type.safeParse(value).error?.issues ?? [];
    const [issue] = openPath ? issues.filter(({ path, code }) => !mayHeal(value, path, code, openPath)) : issues;
    if (issue) return { state: "broken", problem: `${pathText(issue.path)}${issue.message}` };
    return { state: openPath ? "fits_so_far" : "fits" };
  } catch (thrown) {
    return { state: "broken", problem: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/**
 * Whether what is to come may set the issue right: it lies on the way to where the text ends. There, what is missing may
 * come and what is too short may grow; but a key too many stays, and an object becomes no array.
 */
function mayHeal(
  value: unknown,
  path: readonly PropertyKey[],
  code: string,
  openPath: readonly PropertyKey[],
): boolean {
  const isThere = valueAt(value, path) !== undefined;
  const place = isThere ? path : path.slice(0, -1);
  const isOpen = place.every((key, at) => key === openPath[at]);
  return isOpen && !(isThere && (code === "invalid_type" || code === "unrecognized_keys"));
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (Object(inner) as Record<PropertyKey, unknown>)[key], value);
}

function pathText(path: readonly PropertyKey[]): string {
  return path.length > 0 ? `${path.map(String).join(".")}: ` : "";
}
