import { either } from "./expressions.ts";
import { anyInteger, anyNumber } from "./json.ts";
import { numberRange } from "./number-range.ts";
import { refuse } from "./refuse.ts";
import type { Compiler } from "./schema.ts";
import type { Schema } from "./schema-algebra.ts";

type NumberType = "number" | "integer";

export function isNumberType(type: string): type is NumberType {
  return type === "number" || type === "integer";
}

/** Beyond this, whole numbers are not exact any more. */
const LARGEST = 10 ** 15;
/** Multiples without bounds go as far as this, or ten times as far as what is said of them: each has its own digits. */
const MULTIPLES = 10 ** 6;
/** Numbers with bounds have so many decimals, or more where the bounds do. */
const DECIMALS = 2;
const MOST_DECIMALS = 6;

/** A number, or an integer, within the schema's bounds, and a multiple of what it says. */
export function numberOf(schema: Schema, type: NumberType, path: string, { rules }: Compiler): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const limits = [minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf].filter(
    (limit) => limit !== undefined,
  );
  if (limits.some((limit) => typeof limit !== "number"))
    refuse(path, { en: "has a limit that is no number", "zh-TW": "的界限不是數字" });
  if (multipleOf !== undefined && Number(multipleOf) <= 0)
    refuse(`${path}/multipleOf`, { en: "is not above 0", "zh-TW": "不大於 0" });
  if (limits.length === 0) return type === "integer" ? anyInteger(rules) : anyNumber(rules);

  const needed = Math.max(...limits.map(decimalsOf));
  if (needed > MOST_DECIMALS)
    refuse(path, {
      en: `has a limit with more than ${MOST_DECIMALS} decimals`,
      "zh-TW": `的界限超過 ${MOST_DECIMALS} 位小數`,
    });
  const beside = [exclusiveMinimum, exclusiveMaximum].map((bound) => (bound === undefined ? 0 : decimalsOf(bound) + 1));
  const mostDecimals = Math.min(MOST_DECIMALS, Math.max(DECIMALS, needed, ...beside));
  const far =
    multipleOf === undefined ? LARGEST : Math.max(MULTIPLES, ...limits.map((limit) => 10 * Math.abs(Number(limit))));

  const within = (decimals: number): string | undefined => {
    const low = [ceiling(minimum ?? -far, decimals, false), ceiling(exclusiveMinimum ?? -far, decimals, true)];
    const high = [
      ceiling(-Number(maximum ?? far), decimals, false),
      ceiling(-Number(exclusiveMaximum ?? far), decimals, true),
    ];
    const step = stepOf(multipleOf, decimals);
    return numberRange({ low: largest(low), high: -largest(high), decimals, step }, rules);
  };
  const expressions = type === "integer" ? [within(0)] : [within(0), within(mostDecimals)];
  const possible = expressions.filter((expression) => expression !== undefined);
  return possible.length === 0
    ? refuse(path, { en: "allows no number that can be written here", "zh-TW": "不允許任何能在這裡寫出的數字" })
    : either(possible);
}

/** The least multiple that has so many decimals at most, in units of the last of them. */
function stepOf(multipleOf: unknown, decimals: number): bigint {
  if (multipleOf === undefined) return 1n;
  const exact = BigInt(Number(multipleOf).toFixed(MOST_DECIMALS).replace(".", ""));
  const unit = 10n ** BigInt(MOST_DECIMALS - decimals);
  return exact / commonDivisor(exact, unit);
}

function commonDivisor(one: bigint, other: bigint): bigint {
  return other === 0n ? one : commonDivisor(other, one % other);
}

/** The least number of units, `10 ** -decimals` each, that is not below the bound; above it, if it is excluded. */
function ceiling(bound: unknown, decimals: number, isExcluded: boolean): bigint {
  const limited = Math.max(-LARGEST, Math.min(LARGEST, Number(bound)));
  const units = limited.toFixed(MOST_DECIMALS).replace(".", "");
  const divisor = 10n ** BigInt(MOST_DECIMALS - decimals);
  const exact = BigInt(units);
  const floor = exact / divisor - (exact % divisor < 0n ? 1n : 0n);
  const isExact = floor * divisor === exact;
  return isExact && !isExcluded ? floor : floor + 1n;
}

function largest(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most));
}

function decimalsOf(value: unknown): number {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  const fraction = mantissa.split(".")[1]?.length ?? 0;
  return Math.max(0, fraction - Number(exponent));
}
