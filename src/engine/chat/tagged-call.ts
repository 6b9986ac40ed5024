import type { ToolFunction } from "../model.ts";
import type { CallPiece, CallReader } from "./call-reader.ts";
import { jsonValue } from "./json-value.ts";
import type { TaggedSyntax } from "./tool-format.ts";
import { unfinished } from "./unfinished.ts";

/** What has no end after so many characters is no tag. */
const MOST_TAG_CHARACTERS = 200;

/**
 * Reads a call whose arguments stand between tags, and gives them out as a JSON object: texts while they come, other values
 * when they are whole.
 *
 * @param functions whose parameters say which arguments are texts.
 * @param close what ends the call where nothing else does.
 */
export function createTaggedCall(syntax: TaggedSyntax, functions: readonly ToolFunction[], close: string): CallReader {
  const tags = patternsOf(syntax, close);
  let state: "name" | "between" | "text" | "value" | "over" = "name";
  let held = "";
  let raw = "";
  let called: ToolFunction | undefined;
  let hasArguments = false;

  /** Undefined when there is nothing more to be read of what is held. */
  const step = (): readonly CallPiece[] | undefined => {
    if (state === "name") return readName();
    if (state === "between") return readBetween();
    if (state === "text") return readText();
    return state === "value" ? readValue() : undefined;
  };

  const readName = (): readonly CallPiece[] | undefined => {
    const [whole, name] = tags.name.exec(held) ?? [];
    if (whole === undefined || name === undefined) {
      if (mayBegin(held, tags.beforeName)) return undefined;
      state = "over";
      held = "";
      return [{ type: "text", text: raw }];
    }
    held = held.slice(whole.length);
    called = functions.find((each) => each.name === name) ?? { name };
    state = "between";
    return [{ type: "toolCall", name }];
  };

  const readBetween = (): readonly CallPiece[] | undefined => {
    const [whole, key] = tags.key.exec(held) ?? [];
    if (whole !== undefined && key !== undefined) return beginValue(whole, key.trim());
    const end = tags.end.exec(held)?.[0];
    if (end === undefined && (mayBegin(held, syntax.beforeKey) || mayBegin(held, tags.endMark))) return undefined;
    held = held.slice(end?.length ?? 0);
    state = "over";
    return [{ type: "arguments", text: hasArguments ? "}" : "{}" }];
  };

  const beginValue = (tag: string, key: string): readonly CallPiece[] => {
    held = held.slice(tag.length);
    state = isText(called, key) ? "text" : "value";
    const opening = `${hasArguments ? ", " : "{"}${JSON.stringify(key)}: ${state === "text" ? '"' : ""}`;
    hasArguments = true;
    return [{ type: "arguments", text: opening }];
  };

  const readText = (): readonly CallPiece[] | undefined => {
    const found = tags.afterValue.exec(held);
    const { afterValue } = syntax;
    const kept = Math.max(unfinished(held, afterValue), unfinished(held, afterValue.trim()));
    const length = found?.index ?? held.length - kept;
    const text = JSON.stringify(held.slice(0, length)).slice(1, -1);
    held = held.slice(length + (found?.[0].length ?? 0));
    if (found) state = "between";
    else if (text === "") return undefined;
    return [{ type: "arguments", text: found ? `${text}"` : text }];
  };

  const readValue = (): readonly CallPiece[] | undefined => {
    const found = tags.afterValue.exec(held);
    if (!found) return undefined;
    const text = held.slice(0, found.index).trim();
    held = held.slice(found.index + found[0].length);
    state = "between";
    return [{ type: "arguments", text: jsonValue(text) }];
  };

  return {
    push(text) {
      held += text;
      if (state === "name") raw += text;
      const pieces: CallPiece[] = [];
      for (let more = step(); more !== undefined; more = step()) pieces.push(...more);
      return state === "over" ? { pieces, rest: held } : { pieces };
    },
    end: () => (state === "name" ? [{ type: "text", text: raw }] : []),
  };
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

/** Whether more text can make a mark of it, and what follows the mark. */
function mayBegin(text: string, mark: string): boolean {
  const start = text.trimStart();
  return start.length < MOST_TAG_CHARACTERS && (start.startsWith(mark) || mark.startsWith(start));
}

/** Whether an argument is a text by its schema. */
function isText(tool: ToolFunction | undefined, key: string): boolean {
  const properties: unknown = tool?.parameters?.["properties"];
  const schema: unknown =
    typeof properties === "object" && properties !== null ? Reflect.get(properties, key) : undefined;
  return typeof schema === "object" && schema !== null && Reflect.get(schema, "type") === "string";
}
