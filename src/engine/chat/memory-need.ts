import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type GgufMetadata, readGgufMetadata } from "../formats/gguf-metadata.ts";
import type { MemoryNeed } from "../memory.ts";
import { scoresBytes } from "./attention.ts";
import { cacheBytesPerToken, type CacheShape, stateBytes, STATES } from "./cache-size.ts";
import type { Concurrency } from "./concurrency.ts";

/** What a chat model takes of the memory. */
export interface ChatMemoryNeed extends MemoryNeed {
  /** What of it is not the key-value cache's. */
  readonly fixedBytes: number;
}

const PART = /-\d{5}-of-(\d{5})\.gguf$/i;

/**
 * Weights, a key-value cache for one conversation of full length at least, and what computing takes.
 * @param path the GGUF file; of a model in several parts the first.
 */
export async function chatMemoryNeed(
  model: string,
  path: string,
  wish: { readonly contextTokens: number; readonly concurrency: Concurrency },
): Promise<ChatMemoryNeed> {
  const { maxRunning, bestCacheBytes, workBytes, keepsScores } = wish.concurrency;
  const metadata = await readGgufMetadata(path);
  const shape = cacheShape(metadata);
  const contextTokens = contextLength(metadata, wish.contextTokens);
  const scores = keepsScores ? scoresBytes(shape.attention?.head_count, contextTokens) : 0;
  const fixedBytes = (await weightsBytes(path)) + workBytes + scores;
  const contextBytes = cacheBytesPerToken(shape) * contextTokens + STATES * stateBytes(shape);
  const cacheBytes = Math.max(contextBytes, Math.min(contextBytes * maxRunning, bestCacheBytes));
  const leastBytes = fixedBytes + contextBytes;
  return { model, fixedBytes, leastBytes, bestBytes: fixedBytes + cacheBytes, mayUseCard: true };
}

async function weightsBytes(path: string): Promise<number> {
  const count = Number(PART.exec(path)?.[1] ?? 1);
  const paths = Array.from({ length: count }, (_, index) => (count === 1 ? path : partPath(path, index + 1)));
  const sizes = await Promise.all(paths.map(async (part) => (await stat(part)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function partPath(path: string, number: number): string {
  const name = path.slice(dirname(path).length + 1);
  return join(dirname(path), name.replace(/\d{5}(?=-of-)/, String(number).padStart(5, "0")));
}

function contextLength({ values }: GgufMetadata, atMost: number): number {
  const trained = values.get(`${architecture(values)}.context_length`);
  return typeof trained === "number" ? Math.min(trained, atMost) : atMost;
}

/** All numbers of the architecture, as an object of objects: `attention.key_length` is in `attention`. */
function cacheShape({ values, lists }: GgufMetadata): CacheShape {
  const prefix = `${architecture(values)}.`;
  const shape: Record<string, unknown> = {};
  const sections: Record<string, Record<string, unknown>> = {};
  for (const [key, value] of [...values, ...lists]) {
    if (!key.startsWith(prefix) || typeof value === "string") continue;
    const [section = "", name] = key.slice(prefix.length).split(".");
    if (name === undefined) shape[section] = value;
    else sections[section] = { ...sections[section], [name]: value };
  }
  return { ...shape, ...sections };
}

function architecture(values: GgufMetadata["values"]): string {
  return String(values.get("general.architecture"));
}
