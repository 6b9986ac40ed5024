/*
 * Makes `src/gateway/prices/table.ts` of LiteLLM's `model_prices_and_context_window.json`, which its package has as
 * `model_prices_and_context_window_backup.json`:
 *
 *     node scripts/update-prices.ts FILE 2026-10-21
 *
 * The date is the file's. Left out is whatever a model's name and its counts of tokens do not tell the whole price of:
 * images, speech, search and research by the call, other rates while a model reasons; and what is free or unpriced.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { asRows, type Priced } from "../src/gateway/prices/rows.ts";
import type { LongPromptRates, Price, Rates } from "../src/gateway/prices/price.ts";

/** What LiteLLM calls a provider → its name here. Names that are a user's own (Azure's deployments) have no price. */
const PROVIDERS: Readonly<Record<string, string>> = {
  anthropic: "claude",
  cerebras: "cerebras",
  dashscope: "qwen",
  deepseek: "deepseek",
  fireworks_ai: "fireworks",
  "fireworks_ai-embedding-models": "fireworks",
  gemini: "gemini",
  groq: "groq",
  minimax: "minmax",
  mistral: "mistral",
  moonshot: "moonshot",
  openai: "openai",
  openrouter: "openrouter",
  together_ai: "together",
  xai: "xai",
  zai: "zai",
};
const MODES: ReadonlySet<unknown> = new Set(["chat", "responses", "embedding"]);
/** They cost something by the call, too, or are fine-tuned, whose names go on. */
const OTHERWISE_CHARGED = /search|-tts|^ft:/;
/** Not models, but classes by size, of which models without a source are copies. */
const CLASSES = /^(fireworks-ai|together-ai)-/;

type Entry = Readonly<Record<string, unknown>>;

const [file, date = ""] = process.argv.slice(2);
if (file === undefined || !/^\d{4}-\d\d-\d\d$/.test(date)) {
  console.error("node scripts/update-prices.ts FILE YYYY-MM-DD");
  process.exit(2);
}
const entries = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, Entry>>;
const priced = Object.entries(entries).flatMap(([name, entry]) => pricedModel(name, entry));
// Two spellings of one model: its provider's name in front, or not.
const models = [...new Map(priced.map((one) => [one.name, one])).values()].toSorted((a, b) =>
  a.name < b.name ? -1 : 1,
);
writeFileSync(new URL("../src/gateway/prices/table.ts", import.meta.url), moduleOf(asRows(models), date));
console.log(`${models.length} models`);

function pricedModel(key: string, entry: Entry): readonly Priced[] {
  const vendor = String(entry["litellm_provider"]);
  const provider = PROVIDERS[vendor];
  const name = key.replace(/^[a-z_-]+\//, (prefix) => (PROVIDERS[prefix.slice(0, -1)] === provider ? "" : prefix));
  if (provider === undefined || !MODES.has(entry["mode"])) return [];
  if (CLASSES.test(name) || (provider === "fireworks" && entry["source"] === undefined)) return [];
  if (OTHERWISE_CHARGED.test(name) || /[\s`\\]/.test(name)) return [];
  const price = priceOf(entry);
  return price ? [{ name: `${provider}/${name}`, price }] : [];
}

function priceOf(entry: Entry): Price | undefined {
  const tiers = entry["tiered_pricing"] as readonly Entry[] | undefined;
  const [first = entry, ...others] = tiers ?? [];
  if ([entry, ...(tiers ?? [])].some(costsMoreWhileItReasons)) return undefined;
  const rates = ratesOf(first, "");
  if (!rates) return undefined;
  const longPrompts = tiers ? others.flatMap(tierOf) : aboveThresholds(entry);
  return { ...rates, ...(longPrompts.length > 0 && { longPrompts }) };
}

function costsMoreWhileItReasons(entry: Entry): boolean {
  const reasoning = entry["output_cost_per_reasoning_token"];
  return reasoning !== undefined && reasoning !== entry["output_cost_per_token"];
}

function tierOf(tier: Entry): readonly LongPromptRates[] {
  const [aboveTokens = 0] = tier["range"] as readonly number[];
  const rates = ratesOf(tier, "");
  return rates ? [{ aboveTokens, ...rates }] : [];
}

/** `input_cost_per_token_above_200k_tokens` and its like. */
function aboveThresholds(entry: Entry): readonly LongPromptRates[] {
  const thousands = Object.keys(entry).flatMap((key) => {
    const found = /^input_cost_per_token_above_(\d+)k_tokens$/.exec(key);
    return found ? [Number(found[1])] : [];
  });
  return thousands
    .toSorted((a, b) => a - b)
    .flatMap((count) => {
      const rates = ratesOf(entry, `_above_${count}k_tokens`);
      return rates ? [{ aboveTokens: count * 1000, ...rates }] : [];
    });
}

/** Undefined where it costs nothing, as what is priced otherwise or not yet seems to. */
function ratesOf(entry: Entry, suffix: string): Rates | undefined {
  const rate = (name: string): number | undefined => perMillion(entry[`${name}${suffix}`]);
  const input = rate("input_cost_per_token");
  const output = rate("output_cost_per_token") ?? 0;
  if (input === undefined || (output === 0 && entry["mode"] !== "embedding")) return undefined;
  return {
    input,
    output,
    ...known("cachedInput", rate("cache_read_input_token_cost")),
    ...known("cacheWrite", rate("cache_creation_input_token_cost")),
    ...known("cacheWriteHour", perMillion(entry[`cache_creation_input_token_cost_above_1hr${suffix}`])),
    ...known("audioInput", rate("input_cost_per_audio_token")),
    ...known("audioOutput", rate("output_cost_per_audio_token")),
  };
}

function known<Name extends string>(name: Name, value: number | undefined): Partial<Record<Name, number>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, number>>;
}

/** Dollars for a token → for a million, without what binary fractions add. */
function perMillion(cost: unknown): number | undefined {
  return typeof cost === "number" && cost > 0 ? Number((cost * 1e6).toPrecision(6)) : undefined;
}

function moduleOf(rows: string, of: string): string {
  return `/** Made by scripts/update-prices.ts; rows.ts says what the columns are. */
export const PRICES_DATE = "${of}";
/** Source: https://github.com/BerriAI/litellm (MIT), which names each provider's own price list. */
export const PRICE_ROWS: string = \`${rows}\`;
`;
}
