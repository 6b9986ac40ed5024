/** What a browser that crashes may lose of an answer. */
const EVERY_MS = 1_000;

/** Saves once a second, and when the page is left or reloaded, until the signal fires. */
export function saveOften(save: () => void, signal: AbortSignal): void {
  const timer = setInterval(save, EVERY_MS);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  addEventListener("pagehide", save, { signal });
}
