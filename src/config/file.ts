import type { Document, YAMLError } from "yaml";
import { LineCounter, isAlias, isMap, isNode, isScalar, isSeq, parseDocument, visit } from "yaml";
import type { z } from "zod";
import type { Environment } from "./environment.ts";
import { nearest } from "../api/nearest.ts";
import { hasCredentials } from "./rules.ts";
import type { FileSettings } from "./schema.ts";
import { fileSchema, knownKeys } from "./schema.ts";

export interface ConfigFile {
  readonly settings: FileSettings;
  /** Where a setting stands, for messages: `omniport.yaml:12:3`. */
  readonly at: (path: readonly PropertyKey[]) => string;
}

const EMPTY: FileSettings = {};
const MAX_ALIASES = 100;
const MAX_SHOWN_CHARACTERS = 60;

/**
 * The settings that a configuration file holds; all of its mistakes are reported at once, and then it counts as empty.
 *
 * @param name what to call the file in messages.
 * @param environment replaces `${NAME}` in texts.
 * @param report takes one line for each mistake: `omniport.yaml:12:3: what is wrong; what would be right.`
 */
export function parseConfigFile(
  source: string,
  name: string,
  environment: Environment,
  report: (problem: string) => void,
): ConfigFile {
  const lines = new LineCounter();
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const mistakes: { readonly offset: number; readonly message: string }[] = [];
  const document = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    uniqueKeys: false, // it would compare each key with each: ten thousand models would take seconds
  });
  const settings = readSettings(document, source, environment, (offset, message) => {
    mistakes.push({ offset, message });
  });
  for (const { offset, message } of mistakes.toSorted((a, b) => a.offset - b.offset)) {
    report(`${place(offset)}: ${message}`);
  }
  return { settings: settings ?? EMPTY, at: (path) => place(locate(document, path).key) };
}

type Mistake = (offset: number, message: string) => void;

/** @returns undefined if there was a mistake. */
function readSettings(
  document: Document.Parsed,
  source: string,
  environment: Environment,
  mistake: Mistake,
): FileSettings | undefined {
  const [syntaxError] = document.errors;
  if (syntaxError) return reportSyntax(syntaxError, mistake);
  if (!hasUniqueKeys(document, mistake)) return undefined;
  if (!replaceVariables(document, environment, mistake)) return undefined;
  const value = plainValue(document, mistake);
  if (value === undefined) return undefined;

  const result = fileSchema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    for (const [path, part, message] of describeIssue(issue, value)) mistake(locate(document, path)[part], message);
  }
  return undefined;
}

/** One syntax error brings others behind it: only the first counts. */
function reportSyntax({ pos, message }: YAMLError, mistake: Mistake): undefined {
  mistake(pos[0], `${message.replace(/\.$/, "")}; check the indentation, quotes and brackets here.`);
}

/** Tells whether none stands twice in its mapping; `<<` may. */
function hasUniqueKeys(document: Document, mistake: Mistake): boolean {
  let unique = true;
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value) && key.value !== "<<") {
          unique = false;
          mistake(start(key) ?? 0, `The key '${shown(String(key.value))}' stands here a second time; keep one.`);
        }
        seen.add(key.value);
      }
    },
  });
  return unique;
}

/** Puts the values of variables in the place of their `${NAME}`; tells whether all of them are set. */
function replaceVariables(document: Document, environment: Environment, mistake: Mistake): boolean {
  let complete = true;
  visit(document, {
    Scalar(key, node) {
      if (key === "key" || typeof node.value !== "string") return;
      node.value = node.value.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => {
        const value = environment[name];
        if (value) return value;
        complete = false;
        mistake(node.range?.[0] ?? 0, `The variable ${name} is not set; set it in the environment or in .env.`);
        return "";
      });
    },
  });
  return complete;
}

/** The document as plain objects; keys without a value are left out, as if their line were a comment. */
function plainValue(document: Document, mistake: Mistake): unknown {
  try {
    return withoutNulls(document.toJS({ maxAliasCount: MAX_ALIASES })) ?? EMPTY;
  } catch (error) {
    mistake(0, `${error instanceof Error ? error.message : String(error)}; write the values out.`);
    return undefined;
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}

type Described = readonly [path: readonly PropertyKey[], part: "key" | "value", message: string];

function describeIssue(issue: z.core.$ZodIssue, root: unknown): readonly Described[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => [[...path, key], "key", unknownKey(key, path)]);
  if (issue.code === "invalid_union") {
    // The form that was meant: the one of the value's own type.
    const meant = issue.errors.find((inner) =>
      inner.some(({ code, path }) => code !== "invalid_type" || path.length > 0),
    );
    if (meant) return meant.flatMap((inner) => describeIssue({ ...inner, path: [...path, ...inner.path] }, root));
  }
  if (issue.code === "invalid_key") {
    const complaint = issue.issues[0]?.message ?? "is no valid name";
    return [[path, "key", `${pathText(path.slice(0, -1))}: ${show(path.at(-1))} ${complaint}.`]];
  }
  const value = valueAt(root, path);
  const subject = isSecret(path, value) ? "it" : show(value);
  return [[path, "value", `${pathText(path)}: ${subject} ${issue.message}.`]];
}

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  const known = knownKeys(path);
  const [meant] = nearest(key, known);
  const hint = meant === undefined ? `known ones are ${known.join(", ")}.` : `did you mean '${meant}'?`;
  return `Unknown key '${key}'${path.length > 0 ? ` in ${pathText(path)}` : ""}; ${hint}`;
}

/** Keys, headers and passwords are not shown, not even wrong ones. */
function isSecret(path: readonly PropertyKey[], value: unknown): boolean {
  if (typeof value === "object") return false;
  if (typeof value === "string" && hasCredentials(value)) return true;
  return path.some((step) => step === "api_key" || step === "api_keys" || step === "headers");
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
}

function show(value: unknown): string {
  if (Array.isArray(value)) return "this list";
  if (typeof value === "object" && value !== null) return "this mapping";
  return shown(JSON.stringify(value) ?? "this");
}

function shown(text: string): string {
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value: unknown, step) => (Object(value) as Record<PropertyKey, unknown>)[step], root);
}

/** The offsets at which the key and the value of a path begin; of a path that is not there, its nearest parent's. */
function locate(document: Document, path: readonly PropertyKey[]): { readonly key: number; readonly value: number } {
  let node: unknown = document.contents;
  let place = { key: start(node) ?? 0, value: start(node) ?? 0 };
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) break;
      node = pair.value;
      const key = start(pair.key) ?? place.key;
      place = { key, value: start(node) ?? key };
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      const value = start(node) ?? place.value;
      place = { key: value, value };
    } else break;
  }
  return place;
}

function start(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
