import type { ToolFunction } from "../model.ts";
import type { CallReader } from "./call-reader.ts";
import { jsonValue } from "./json-value.ts";
import { type CallStep, createSteppedCall, mayBegin } from "./stepped-call.ts";
import type { TaggedSyntax } from "./tool-format.ts";
import { unfinished } from "./unfinished.ts";

/**
 * Reads a call whose arguments stand between tags, and gives them out as a JSON object: texts while they come, other values
 * when they are whole.
 *
 * @param functions whose parameters say which arguments are texts.
 * @param close what ends the call where nothing else does.
 */
export function createTaggedCall(syntax: TaggedSyntax, functions: readonly ToolFunction[], close: string): CallReader {
  const tags = patternsOf(syntax, close);
  let state: "name" | "between" | "text" | "value" = "name";
  let called: ToolFunction | undefined;
  let hasArguments = false;

  const readName = (held: string): CallStep | "none" | undefined => {
    const [whole, name] = tags.name.exec(held) ?? [];
    if (whole === undefined || name === undefined) return mayBegin(held, tags.beforeName) ? undefined : "none";
    called = functions.find((each) => each.name === name) ?? { name };
    state = "between";
    return { pieces: [{ type: "toolCall", name }], rest: held.slice(whole.length) };
  };

  const readBetween = (held: string): CallStep | undefined => {
    const [whole, key] = tags.key.exec(held) ?? [];
    if (whole !== undefined && key !== undefined) return beginValue(key.trim(), held.slice(whole.length));
    const end = tags.end.exec(held)?.[0];
    if (end === undefined && (mayBegin(held, syntax.beforeKey) || mayBegin(held, tags.endMark))) return undefined;
    return { ...written(hasArguments ? "}" : "{}", held.slice(end?.length ?? 0)), isLast: true };
  };

  const beginValue = (key: string, rest: string): CallStep => {
    state = isText(called, key) ? "text" : "value";
    const opening = `${hasArguments ? ", " : "{"}${JSON.stringify(key)}: ${state === "text" ? '"' : ""}`;
    hasArguments = true;
    return written(opening, rest);
  };

  const readText = (held: string): CallStep | undefined => {
    const found = tags.afterValue.exec(held);
    const { afterValue } = syntax;
    const kept = Math.max(unfinished(held, afterValue), unfinished(held, afterValue.trim()));
    const length = found?.index ?? held.length - kept;
    const text = JSON.stringify(held.slice(0, length)).slice(1, -1);
    if (found) {
      state = "between";
      return written(`${text}"`, held.slice(length + found[0].length));
    }
    return text === "" ? undefined : written(text, held.slice(length));
  };

  const readValue = (held: string): CallStep | undefined => {
    const found = tags.afterValue.exec(held);
    if (!found) return undefined;
    state = "between";
    return written(jsonValue(held.slice(0, found.index).trim()), held.slice(found.index + found[0].length));
  };

  const written = (text: string, rest: string): CallStep => ({ pieces: [{ type: "arguments", text }], rest });

  return createSteppedCall((held) => {
    if (state === "name") return readName(held);
    if (state === "between") return readBetween(held);
    return state === "text" ? readText(held) : readValue(held);
  });
}

interface TagPatterns {
  readonly beforeName: string;
  readonly name: RegExp;
  readonly key: RegExp;
  readonly afterValue: RegExp;
  readonly end: RegExp;
  readonly endMark: string;
}

/** White space around tags is as the model likes; a line break next to a text belongs to the tag. */
function patternsOf(
  { beforeName, afterName, beforeKey, afterKey, afterValue, after }: TaggedSyntax,
  close: string,
): TagPatterns {
  const endMark = after.trim() || close;
  const nameEnd = afterName.trim() === "" ? "(?=<)" : spaced(afterName);
  return {
    beforeName: beforeName.trim(),
    name: new RegExp(`^\\s*${spaced(beforeName)}\\s*([\\w.:-]+)\\s*${nameEnd}`),
    key: new RegExp(
      `^\\s*${spaced(beforeKey)}([^<>]+)${spaced(afterKey)}${afterKey.endsWith("\n") ? "(?:\\n|(?=[^\\n]))" : ""}`,
    ),
    afterValue: new RegExp(`\\n?${spaced(afterValue)}`),
    end: new RegExp(after.trim() === "" ? `^\\s*(?=${spaced(close)})` : `^\\s*${spaced(after)}`),
    endMark,
  };
}

/** The marks, with any white space where there is some between them. */
function spaced(marks: string): string {
  return marks
    .trim()
    .split(/\s+/)
    .map((mark) => RegExp.escape(mark))
    .join("\\s*");
}

/** Whether an argument is a text by its schema. */
function isText(tool: ToolFunction | undefined, key: string): boolean {
  const properties: unknown = tool?.parameters?.["properties"];
  const schema: unknown =
    typeof properties === "object" && properties !== null ? Reflect.get(properties, key) : undefined;
  return typeof schema === "object" && schema !== null && Reflect.get(schema, "type") === "string";
}
