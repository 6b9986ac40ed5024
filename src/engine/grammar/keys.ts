import { characterNotOf, characterOf, either, repeat } from "./expressions.ts";
import { KEY_CHARACTERS } from "./json.ts";
import { quoted } from "./notation.ts";
import { pattern, PatternError } from "./pattern.ts";
import { refuse } from "./refuse.ts";
import type { Rules } from "./rules.ts";
import type { Schema } from "./schema-algebra.ts";

/** A kind of names, and what their values have to fit. */
export interface Kind {
  readonly key: string;
  readonly value: unknown;
  /** Where it stands in the schema. */
  readonly at: string;
}

/** A name must fit one pattern only: else its value would have to fit both schemas. */
export function patternKeys(
  patterns: Schema["patternProperties"],
  names: readonly string[],
  path: string,
  rules: Rules,
): readonly Kind[] {
  if (patterns === undefined) return [];
  const entries = Object.entries(patterns);
  const starts = entries.map(([source]) => startOf(source));
  const isShared = starts.some((start, index) => starts.some((other, at) => at !== index && other.startsWith(start)));
  if (isShared)
    refuse(path, {
      en: "has 'patternProperties' that do not begin differently ('^a_', '^b_')",
      "zh-TW": "的「patternProperties」開頭沒有不同（例如「^a_」、「^b_」）",
    });
  return entries.map(([source, value]) => {
    const at = `patternProperties/${source}`;
    const expression = keyPattern(source, `${path}/${at}`);
    if (names.some((name) => new RegExp(source, "u").test(name)))
      refuse(`${path}/${at}`, { en: "fits a property's name, too", "zh-TW": "也符合某個屬性的名稱" });
    return { key: quoted(expression, rules.notation), value, at };
  });

  function keyPattern(source: string, place: string): string {
    try {
      return pattern(source, rules, KEY_CHARACTERS).expression;
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      return refuse(place, { en: `cannot be kept to: ${error.message}`, "zh-TW": `無法遵守：${error.message}` });
    }
  }
}

/** What all names begin with that a pattern describes. */
function startOf(source: string): string {
  const [, start = "", optional] = /^\^([\w -]*)([?*{])?/.exec(source) ?? [];
  if (source.includes("|")) return "";
  return optional === undefined ? start : start.slice(0, -1);
}

interface Branch {
  isName: boolean;
  readonly next: Map<string, Branch>;
}

/** A key that is none of the names; without escapes, by which it could be one in disguise. */
export function otherKey(names: readonly string[], rules: Rules): string {
  const tree: Branch = { isName: false, next: new Map() };
  for (const name of names) {
    let branch = tree;
    for (const character of name) {
      const next = branch.next.get(character) ?? { isName: false, next: new Map() };
      branch.next.set(character, next);
      branch = next;
    }
    branch.isName = true;
  }
  return rules.add("key", quoted(notIn(tree, rules), rules.notation));
}

function notIn({ isName, next }: Branch, rules: Rules): string {
  const known = [...next.keys()].map((character) => character.codePointAt(0) ?? 0);
  const forbidden = known.map((codePoint) => [codePoint, codePoint] as const);
  const { reserved } = rules.notation;
  const rest = repeat(characterNotOf(reserved), 0, KEY_CHARACTERS);
  const other = `${characterNotOf([...reserved, ...forbidden])} ${rest}`;
  const branches = [...next].map(([character, branch]) => {
    const codePoint = character.codePointAt(0) ?? 0;
    return `${characterOf([[codePoint, codePoint]])} ${notIn(branch, rules)}`;
  });
  return rules.add("key", either([other, ...branches, ...(isName ? [] : [""])]));
}
