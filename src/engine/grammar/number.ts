import { either } from "./expressions.ts";
import { anyInteger, anyNumber } from "./json.ts";
import { numberRange } from "./number-range.ts";
import type { Compiler } from "./schema.ts";
import type { Schema } from "./schema-algebra.ts";

type NumberType = "number" | "integer";

export function isNumberType(type: string): type is NumberType {
  return type === "number" || type === "integer";
}

/** Beyond this, whole numbers are not exact any more. */
const LARGEST = 10 ** 15;
/** Numbers with bounds have so many decimals, or more where the bounds do. */
const DECIMALS = 2;
const MOST_DECIMALS = 6;

/** A number, or an integer, within the schema's bounds. */
export function numberOf(schema: Schema, type: NumberType, path: string, { rules, refuse }: Compiler): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (multipleOf !== undefined && !(multipleOf === 1 && type === "integer")) {
    refuse(path, "has 'multipleOf', which local models cannot keep to");
  }
  const bounds = [minimum, maximum, exclusiveMinimum, exclusiveMaximum].filter((bound) => bound !== undefined);
  if (bounds.some((bound) => typeof bound !== "number")) refuse(path, "has a bound that is no number");
  if (bounds.length === 0) return type === "integer" ? anyInteger(rules) : anyNumber(rules);

  const decimals = Math.max(DECIMALS, ...bounds.map(decimalsOf));
  if (decimals > MOST_DECIMALS) refuse(path, `has a bound with more than ${MOST_DECIMALS} decimals`);
  const within = (decimals: number): string | undefined => {
    const low = [ceiling(minimum ?? -LARGEST, decimals, false), ceiling(exclusiveMinimum ?? -LARGEST, decimals, true)];
    const high = [
      ceiling(-Number(maximum ?? LARGEST), decimals, false),
      ceiling(-Number(exclusiveMaximum ?? LARGEST), decimals, true),
    ];
    return numberRange(largest(low), -largest(high), decimals);
  };
  const expressions = type === "integer" ? [within(0)] : [within(0), within(decimals)];
  const possible = expressions.filter((expression) => expression !== undefined);
  return possible.length === 0 ? refuse(path, "allows no number") : either(possible);
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
