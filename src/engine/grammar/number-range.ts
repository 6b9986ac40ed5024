import { characterOf, either, literal, repeat } from "./expressions.ts";

/**
 * Numbers within bounds, written with a fixed number of decimals.
 * @param low, high the bounds, both included, times `10 ** decimals`.
 * @returns undefined where no number lies between them.
 */
export function numberRange(low: bigint, high: bigint, decimals: number): string | undefined {
  const negative = low < 0n ? positive(high < 0n ? -high : 1n, -low, decimals) : [];
  const rest = high >= 0n ? positive(low > 0n ? low : 0n, high, decimals) : [];
  const all = [...negative.map((expression) => `"-" ${expression}`), ...rest];
  return all.length === 0 ? undefined : either(all);
}

/** One expression for each number of digits that numbers between the bounds have. */
function positive(low: bigint, high: bigint, decimals: number): readonly string[] {
  const expressions: string[] = [];
  for (let digits = decimals + 1; digits <= Math.max(decimals + 1, String(high).length); digits++) {
    const smallest = digits === decimals + 1 ? 0n : 10n ** BigInt(digits - 1);
    const from = low > smallest ? low : smallest;
    const largest = 10n ** BigInt(digits) - 1n;
    const to = high < largest ? high : largest;
    if (from > to) continue;
    expressions.push(between(padded(from, digits), padded(to, digits), decimals));
  }
  return expressions;
}

function padded(value: bigint, digits: number): string {
  return String(value).padStart(digits, "0");
}

/** Digits between two that are as many; the point stands before the last `decimals` of them. */
function between(from: string, to: string, decimals: number): string {
  if (from === "") return "";
  const first = Number(from[0]);
  const last = Number(to[0]);
  const [fromRest, toRest] = [from.slice(1), to.slice(1)];
  const point = decimals > 0 && from.length === decimals ? '"." ' : "";
  if (first === last) return `${point}${literal(String(first))} ${between(fromRest, toRest, decimals)}`;

  const nines = "9".repeat(fromRest.length);
  const zeros = "0".repeat(fromRest.length);
  const isFull = { from: fromRest === zeros, to: toRest === nines };
  const [low, high] = [isFull.from ? first : first + 1, isFull.to ? last : last - 1];
  return (
    point +
    either([
      ...(isFull.from ? [] : [`${literal(String(first))} ${between(fromRest, nines, decimals)}`]),
      ...(low > high ? [] : [`${digit(low, high)} ${anyDigits(fromRest.length, decimals)}`]),
      ...(isFull.to ? [] : [`${literal(String(last))} ${between(zeros, toRest, decimals)}`]),
    ])
  );
}

function digit(low: number, high: number): string {
  return characterOf([[0x30 + low, 0x30 + high]]);
}

function anyDigits(count: number, decimals: number): string {
  const fraction = Math.min(count, decimals);
  const whole = count - fraction;
  const point = decimals > 0 && count >= decimals ? '"."' : "";
  return [repeat("[0-9]", whole, whole), point, repeat("[0-9]", fraction, fraction)].filter(Boolean).join(" ");
}
