import type { Price } from "./price.ts";
import { byModel, priceOf } from "./rows.ts";

/** @param name a model's full name: `openai/gpt-4o`. @returns undefined where the price is not known: none is guessed. */
export type ListPrices = (name: string) => Price | undefined;

/** The providers' own list prices, of the date in `table.ts`. */
export async function loadListPrices(): Promise<ListPrices> {
  const { PRICE_ROWS } = await import("./table.ts");
  const rows = byModel(PRICE_ROWS);
  const read = new Map<string, Price>(); // what was asked for, of those in the list
  const find = (name: string): Price | undefined => {
    const known = read.get(name);
    const lines = known ? undefined : rows.get(name);
    if (!lines) return known;
    const price = priceOf(lines);
    read.set(name, price);
    return price;
  };
  // Gemini's names may have `models/` in front, and others', too, which are in the list with it.
  return (name) => find(name) ?? find(name.replace("/models/", "/"));
}
