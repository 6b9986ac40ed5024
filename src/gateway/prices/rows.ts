import type { LongPromptRates, Price, Rates } from "./price.ts";

/** A model by its full name: `openai/gpt-4o`. */
export interface Priced {
  readonly name: string;
  readonly price: Price;
}

/** The columns behind the first two. */
const RATES: readonly (keyof Rates)[] = [
  "input",
  "output",
  "cachedInput",
  "cacheWrite",
  "cacheWriteHour",
  "audioInput",
  "audioOutput",
];
const UNKNOWN = "-";

/**
 * A line for each model, and one more for each length of prompts from which it costs otherwise. A line is the model's name,
 * that length in tokens (0 for the first), and the rates; `-` for one that is not known, and those at the end left out.
 */
export function asRows(models: readonly Priced[]): string {
  return models
    .flatMap(({ name, price: { longPrompts = [], ...rates } }) => [
      row(name, { aboveTokens: 0, ...rates }),
      ...longPrompts.map((tier) => row(name, tier)),
    ])
    .join("\n");
}

/** The lines of each model. */
export function byModel(rows: string): ReadonlyMap<string, readonly string[]> {
  return Map.groupBy(rows.split("\n"), (line) => line.slice(0, line.indexOf(" ")));
}

/** @param lines one model's. */
export function priceOf(lines: readonly string[]): Price {
  const [first = { aboveTokens: 0, input: 0, output: 0 }, ...longPrompts] = lines.map(ratesOf);
  const { aboveTokens: _, ...rates } = first;
  return { ...rates, ...(longPrompts.length > 0 && { longPrompts }) };
}

function row(name: string, rates: LongPromptRates): string {
  const cells = RATES.map((rate) => String(rates[rate] ?? UNKNOWN)).join(" ");
  return `${name} ${rates.aboveTokens} ${cells.replace(/( -)+$/, "")}`;
}

function ratesOf(line: string): LongPromptRates {
  const [, above, ...cells] = line.split(" ");
  const known = RATES.flatMap((rate, index) => {
    const cell = cells[index] ?? UNKNOWN;
    return cell === UNKNOWN ? [] : [[rate, Number(cell)] as const];
  });
  return { aboveTokens: Number(above), input: 0, output: 0, ...Object.fromEntries(known) };
}
