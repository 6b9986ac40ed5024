import { literal } from "./expressions.ts";
import { anyString } from "./json.ts";
import { pattern, PatternError } from "./pattern.ts";
import type { Compiler } from "./schema.ts";
import type { Schema } from "./schema-algebra.ts";

/** Longer strings than this are not written where their length is bounded: llama.cpp unrolls what is counted. */
const MOST_CHARACTERS = 1000;

const DATE =
  "([12]\\d{3}-((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])|(0[469]|11)-(0[1-9]|[12]\\d|30)|02-(0[1-9]|1\\d|2[0-8])))";
const TIME = "(([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d))";
const OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const LABEL = "[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?";
const DOMAIN = `${LABEL}(\\.${LABEL}){1,4}`;

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
export function stringOf(schema: Schema, path: string, { rules, refuse }: Compiler): string {
  const { minLength = 0, maxLength, format } = schema;
  const formatted = typeof format === "string" ? FORMATS[format] : undefined;
  const source = schema["pattern"] ?? formatted;
  const isSized = Number(minLength) > 0 || maxLength !== undefined;
  if (typeof source === "string") {
    if (isSized) refuse(path, `has a length beside '${schema["pattern"] === undefined ? "format" : "pattern"}'`);
    if (schema["pattern"] !== undefined && formatted !== undefined) refuse(path, "has both 'pattern' and 'format'");
    return `${literal('"')} ${patterned(source)} ${literal('"')}`;
  }
  const most = maxLength === undefined ? undefined : Math.min(Number(maxLength), MOST_CHARACTERS);
  if (Number(minLength) > (most ?? MOST_CHARACTERS)) {
    refuse(`${path}/minLength`, `is more than ${most ?? MOST_CHARACTERS}`);
  }
  return anyString(rules, Number(minLength), most);

  function patterned(source: string): string {
    try {
      return pattern(source, rules);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      return refuse(`${path}/pattern`, `cannot be kept to: ${error.message}`);
    }
  }
}
