/** A number that JSON has, too. */
const FOREVER_MS = Number.MAX_SAFE_INTEGER;
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const NUMBER = /^-?\d+(?:\.\d+)?$/;
const DURATION = /^-?(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;

/**
 * How long a model stays in memory, as Ollama's `keep_alive`: seconds (`300`), or with units (`5m`, `1h30m`); negative
 * is for ever.
 * @returns milliseconds, or undefined for what is none.
 * Source: https://github.com/ollama/ollama/blob/main/docs/faq.mdx
 */
export function parseDuration(value: string | number): number | undefined {
  const text = String(value).trim();
  if (!NUMBER.test(text) && !DURATION.test(text)) return undefined;
  if (text.startsWith("-")) return FOREVER_MS;
  if (NUMBER.test(text)) return Number(text) * 1000;
  return [...text.matchAll(/([\d.]+)(ms|s|m|h)/g)].reduce(
    (sum, [, number, unit = ""]) => sum + Number(number) * (UNITS_MS[unit] ?? 0),
    0,
  );
}

/** A complaint, or undefined when all is well. */
export function checkKeepAlive(value: string): string | undefined {
  if (parseDuration(value) !== undefined) return undefined;
  return "is no time; write seconds, or one such as 5m or 1h, 0 to unload at once, -1 to keep for ever";
}
