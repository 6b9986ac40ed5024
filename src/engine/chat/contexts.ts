import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { LlamaContext, LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { EngineError } from "../errors.ts";
import type { LongRope } from "./long-rope.ts";
import type { Sequences } from "./slots.ts";

export interface ContextOptions {
  readonly model: LlamaModel;
  /** What to call the model in errors. */
  readonly id: string;
  readonly threads: number;
  readonly longRope?: LongRope | undefined;
}

/** At most so many tokens are computed in one step. */
export const BATCH_TOKENS = 512;

/**
 * The file with the keys and values of a sequence, in a folder that only this user can read; undefined where there was no
 * room for it: that costs no more than computing the tokens once more.
 */
type State = string | undefined;

/** llama.cpp's contexts: each has sequences that are computed in one batch, and its own key-value cache. */
export function createContexts(options: ContextOptions): Sequences<LlamaContextSequence, State> {
  const { model, id, threads, longRope } = options;

  async function createContext(contextSize: number, sequences: number): Promise<LlamaContext> {
    try {
      const sizes = { contextSize, sequences, batchSize: Math.min(BATCH_TOKENS, contextSize), threads };
      return await model.createContext({ ...sizes, failedCreationRemedy: false });
    } catch (error) {
      if (sequences > 1 && isOutOfMemory(error)) return createContext(contextSize, Math.floor(sequences / 2));
      throw loadFailure(`a context of ${contextSize} tokens of ${id}`, error);
    }
  }

  return {
    async create(room, count) {
      const isLong = longRope !== undefined && room > longRope.shortRoom;
      const context = await createContext(isLong ? Math.max(room, longRope.longContext) : room, count);
      const sequences = Array.from({ length: context.totalSequences }, () => context.getSequence());
      return { sequences, dispose: () => context.dispose() };
    },
    held: (sequence) => sequence.nextTokenIndex,
    fit: (sequence, tokens) => sequence.compareContextTokens(tokens as Token[]).firstDifferentIndex,

    async save(sequence) {
      const path = join(await mkdtemp(join(tmpdir(), "omniport-")), "sequence");
      try {
        await sequence.saveStateToFile(path);
        return path;
      } catch {
        await forget(path);
        return undefined;
      }
    },
    async restore(sequence, path) {
      if (path === undefined) return;
      try {
        await sequence.loadStateFromFile(path, { acceptRisk: true }); // It is this model's own.
      } catch {
        await sequence.clearHistory();
      }
    },
    forget,
  };
}

async function forget(path: State): Promise<void> {
  if (path !== undefined) await rm(dirname(path), { recursive: true, force: true });
}

/** What went wrong in llama.cpp's loading of a model or a context. */
export function loadFailure(what: string, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (isOutOfMemory(cause)) return new EngineError("out_of_memory", `No memory for ${what}: ${reason}`, { cause });
  return new EngineError("unsupported", `llama.cpp cannot load ${what}: ${reason}`, { cause });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === "InsufficientMemoryError";
}
