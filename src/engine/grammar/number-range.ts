import { characterOf, either } from "./expressions.ts";
import type { Rules } from "./rules.ts";

/** Numbers that are written with a fixed number of decimals, and counted in units of the last of them. */
export interface NumberRange {
  /** The bounds, both included, times `10 ** decimals`. */
  readonly low: bigint;
  readonly high: bigint;
  readonly decimals: number;
  /** Only multiples of it, times `10 ** decimals`; 1 for every number. */
  readonly step: bigint;
}

/** @returns undefined where no such number lies between the bounds. */
export function numberRange(range: NumberRange, rules: Rules): string | undefined {
  const { low, high } = range;
  const negative = low < 0n ? positive({ ...range, low: high < 0n ? -high : 1n, high: -low }, rules) : [];
  const rest = high >= 0n ? positive({ ...range, low: low > 0n ? low : 0n }, rules) : [];
  const all = [...negative.map((expression) => `"-" ${expression}`), ...rest];
  return all.length === 0 ? undefined : either(all);
}

/** One expression for each number of digits that numbers between the bounds have. */
function positive(range: NumberRange, rules: Rules): readonly string[] {
  const { low, high, decimals } = range;
  const expressions: string[] = [];
  const known = new Map<string, string | undefined>();
  for (let digits = decimals + 1; digits <= Math.max(decimals + 1, String(high).length); digits++) {
    const smallest = digits === decimals + 1 ? 0n : 10n ** BigInt(digits - 1);
    const from = low > smallest ? low : smallest;
    const largest = 10n ** BigInt(digits) - 1n;
    const to = high < largest ? high : largest;
    if (from > to) continue;
    const expression = between({ from: padded(from, digits), to: padded(to, digits), rest: 0n }, range, known, rules);
    if (expression !== undefined) expressions.push(expression);
  }
  return expressions;
}

function padded(value: bigint, digits: number): string {
  return String(value).padStart(digits, "0");
}

/** The digits that are still to come lie between two texts that are as long as they. */
interface Digits {
  readonly from: string;
  readonly to: string;
  /** What the digits before leave when the step divides them, each in its place. */
  readonly rest: bigint;
}

/** @param known what has been written already, by what is to come: numbers that differ in the beginning end alike. */
function between(
  { from, to, rest }: Digits,
  range: NumberRange,
  known: Map<string, string | undefined>,
  rules: Rules,
): string | undefined {
  if (from === "") return rest === 0n ? "" : undefined;
  const key = `${from} ${to} ${rest}`;
  if (known.has(key)) return known.get(key);

  const [first, last, left] = [Number(from[0]), Number(to[0]), from.length - 1];
  const digitsBefore = new Map<string, number[]>();
  for (let digit = first; digit <= last; digit++) {
    const more = {
      from: digit === first ? from.slice(1) : "0".repeat(left),
      to: digit === last ? to.slice(1) : "9".repeat(left),
      rest: (rest + BigInt(digit) * 10n ** BigInt(left)) % range.step,
    };
    const after = between(more, range, known, rules);
    if (after !== undefined) digitsBefore.set(after, [...(digitsBefore.get(after) ?? []), digit]);
  }
  const point = range.decimals > 0 && from.length === range.decimals ? '"." ' : "";
  const ways = [...digitsBefore].map(([after, digits]) => `${point}${digitOf(digits)} ${after}`.trimEnd());
  const expression = ways.length === 0 ? undefined : rules.add("digits", either(ways));
  known.set(key, expression);
  return expression;
}

function digitOf(digits: readonly number[]): string {
  return characterOf(digits.map((digit) => [0x30 + digit, 0x30 + digit]));
}
