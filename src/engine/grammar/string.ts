import { repeat } from "./expressions.ts";
import { stringCharacter } from "./json.ts";
import { MOST_CHARACTERS, mostCharacters } from "./length.ts";
import { quoted } from "./notation.ts";
import { pattern, PatternError, type Pattern } from "./pattern.ts";
import { refuse } from "./refuse.ts";
import type { Rules } from "./rules.ts";
import type { Compiler } from "./schema.ts";
import type { Schema } from "./schema-algebra.ts";

const DATE =
  "([12]\\d{3}-((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)|02-(0[1-9]|1\\d|2[0-8])))";
const TIME = "(([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d))";
const OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
/** One way to read each text: a grammar follows all the ways at once, and is slow where there are many. */
const LABEL = "[a-z0-9]{1,20}(-[a-z0-9]{1,20}){0,2}";
const DOMAIN = `${LABEL}(\\.${LABEL}){1,4}`;

/** How often comes at most what a pattern repeats without an end. */
const OPEN_REPETITIONS = 100;

/** Formats as patterns, narrower than their definitions. Others that a schema may name are annotations. */
const FORMATS: Readonly<Record<string, string>> = {
  date: `^${DATE}$`,
  time: `^${TIME}$`,
  "date-time": `^${DATE}T${TIME}$`,
  duration: "^P(\\d{1,6}W|(\\d{1,4}D|\\d{1,3}M(\\d{1,4}D)?|\\d{1,4}Y(\\d{1,3}M(\\d{1,4}D)?)?)|T\\d{1,6}[HMS])$",
  uuid: "^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
  email: `^[a-z0-9_+-]{1,30}(\\.[a-z0-9_+-]{1,30}){0,3}@${DOMAIN}$`,
  hostname: `^${DOMAIN}$`,
  ipv4: `^${OCTET}(\\.${OCTET}){3}$`,
  ipv6: "^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$",
  uri: `^https?://${DOMAIN}(/[A-Za-z0-9_.~-]{1,40}){0,8}/?$`,
};

/** A string of the length, the pattern, or the format that the schema says. */
export function stringOf(schema: Schema, path: string, { rules }: Compiler): string {
  return rules.add("string", quoted(textOf(schema, path, rules), rules.notation));
}

/**
 * What stands between the quotes.
 * @throws EngineError `bad_request` that names what a grammar cannot express.
 */
export function textOf(schema: Schema, path: string, rules: Rules): string {
  const { minLength, maxLength, format } = schema;
  const [min, max] = [Number(minLength ?? 0), Number(maxLength ?? Infinity)];
  const formatted = typeof format === "string" ? FORMATS[format] : undefined;
  const source = schema["pattern"] ?? formatted;
  if (typeof source === "string") {
    if (schema["pattern"] !== undefined && formatted !== undefined)
      refuse(path, { en: "has both 'pattern' and 'format'", "zh-TW": "同時有「pattern」與「format」" });
    return patterned(source);
  }
  const most = maxLength === undefined ? Math.max(min, mostCharacters(rules)) : Math.min(max, MOST_CHARACTERS);
  if (min > Math.min(most, MOST_CHARACTERS))
    refuse(`${path}/minLength`, {
      en: `is more than ${Math.min(most, MOST_CHARACTERS)}`,
      "zh-TW": `大於 ${Math.min(most, MOST_CHARACTERS)}`,
    });
  return repeat(stringCharacter(rules), min, most);

  /** The pattern's texts, where all of them are as long as they may be. */
  function patterned(source: string): string {
    try {
      const { expression, least, most } = fitting(source);
      if (least >= min && most <= max) return expression;
      return refuse(path, {
        en: `allows strings of ${least} to ${most} characters by its pattern, and not by its length`,
        "zh-TW": `的 pattern 允許 ${least} 到 ${most} 個字元的字串，與其長度限制不符`,
      });
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      return refuse(`${path}/pattern`, {
        en: `cannot be kept to: ${error.message}`,
        "zh-TW": `無法遵守：${error.message}`,
      });
    }
  }

  /** What a pattern repeats without an end, as often as the length lets it. */
  function fitting(source: string): Pattern {
    let repetitions = Math.min(max, OPEN_REPETITIONS);
    let found = pattern(source, rules, repetitions);
    while (found.most > max && repetitions > 1) {
      repetitions = Math.floor(repetitions / 2);
      found = pattern(source, rules, repetitions);
    }
    return found;
  }
}
