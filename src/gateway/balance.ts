import type { Health } from "./health.ts";
import type { Balance, Group } from "./model.ts";
import type { Price } from "./prices/price.ts";

/**
 * Orders a group's models, the one to be asked first in front.
 * @param random a number from 0 to 1.
 */
export function createBalance(health: Health, random: () => number = Math.random): Balance {
  return ({ models, strategy, weights = [] }, { nameOf, priceOf }) => {
    if (models.length < 2) return models;
    switch (strategy) {
      case "weighted":
        return ascending(models, (_, index) => -drawn(weights[index] ?? 1, random()));
      case "least_busy":
        return ascending(models, (model) => health.running(nameOf(model)));
      case "lowest_latency":
        // Calls under way are not measured yet: each of them counts as one more that is as slow.
        return ascending(models, (model) => {
          const name = nameOf(model);
          return health.latencyMs(name) * (1 + health.running(name));
        });
      case "cheapest":
        return ascending(models, (model) => typicalPrice(priceOf(model)));
      case "ordered":
        break;
    }
    return models;
  };
}

function ascending(models: Group["models"], rank: (model: string, index: number) => number): readonly string[] {
  return models
    .map((model, index) => ({ model, rank: rank(model, index) }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ model }) => model);
}

/** Of a call that reads three tokens for each one that it writes; those whose price is not known come last. */
function typicalPrice(price: Price | undefined): number {
  return price ? 3 * price.input + price.output : Infinity;
}

/**
 * Drawn so for each, the largest belongs to a model as often as its weight says, and so on among the rest.
 * Source: https://doi.org/10.1016/j.ipl.2005.11.003 (Efraimidis and Spirakis, algorithm A)
 */
function drawn(weight: number, random: number): number {
  return weight <= 0 ? -1 : random ** (1 / weight);
}
