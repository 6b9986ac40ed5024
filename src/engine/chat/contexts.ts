import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { LlamaContext, LlamaModel } from "node-llama-cpp";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { addonOf, newCheckpoint, threadsOf } from "./addon.ts";
import { BATCH_TOKENS } from "./attention.ts";
import { createBatches } from "./batches.ts";
import type { LongRope } from "./long-rope.ts";
import { hasMatrixUnit } from "./matrix-unit.ts";
import { createSequence, type Sequence } from "./sequence.ts";
import type { Sequences } from "./slots.ts";

export interface ContextOptions {
  readonly model: LlamaModel;
  /** What to call the model in errors. */
  readonly id: string;
  readonly threads: number;
  /** At most so many tokens of a prompt are computed in one step. */
  readonly stepTokens: number;
  readonly longRope?: LongRope | undefined;
}

/**
 * The file with the keys and values of a sequence, in a folder that only this user can read; undefined where there was no
 * room for it: that costs no more than computing the tokens once more.
 */
type State = string | undefined;

/** llama.cpp's contexts: each has sequences that are computed in one batch, and its own key-value cache. */
export function createContexts(options: ContextOptions): Sequences<Sequence, State> {
  const { model, id, threads, stepTokens, longRope } = options;

  async function createContext(contextSize: number, sequences: number, isLong: boolean): Promise<LlamaContext> {
    // Beside a piece of one prompt, each of the other sequences has its next token in the same step.
    const batchSize = Math.min(stepTokens, contextSize) + sequences - 1;
    const flashAttention = isLong ? false : "auto";
    try {
      const sizes = { contextSize, sequences, batchSize, threads };
      return await model.createContext({ ...sizes, flashAttention, failedCreationRemedy: false });
    } catch (error) {
      if (sequences > 1 && isOutOfMemory(error)) return createContext(contextSize, Math.floor(sequences / 2), isLong);
      throw loadFailure(`a context of ${contextSize} tokens of ${id}`, error);
    }
  }

  function sequencesOf(context: LlamaContext): readonly Sequence[] {
    const { batchSize, contextSize, idealThreads, totalSequences } = context;
    const addon = addonOf(context);
    const hasState = keepsState(model);
    const batches = createBatches({
      addon,
      splitter: threadsOf(model.llama),
      threads: idealThreads,
      // Vulkan does not bear two contexts that compute at the same time: whoever has all threads is alone.
      leastThreads: model.llama.gpu === "vulkan" ? idealThreads : 1,
      maxTokens: batchSize,
      maxSteps: hasState && hasMatrixUnit(model.llama) ? 1 : totalSequences,
    });
    const { swaSize: window = Infinity } = model.fileInsights;
    const checkpoint = needsCheckpoint(model, contextSize) ? () => newCheckpoint(model.llama) : undefined;
    return Array.from({ length: totalSequences }, (_, id) =>
      createSequence({ addon, batches, id, room: contextSize, hasState, window, newCheckpoint: checkpoint }),
    );
  }

  return {
    async create(room, count, isLong) {
      const isRotatedLong = longRope !== undefined && room > longRope.shortRoom;
      const contextSize = isRotatedLong ? Math.max(room, longRope.longContext) : room;
      const context = await createContext(contextSize, count, isLong);
      return { sequences: sequencesOf(context), dispose: () => context.dispose() };
    },
    held: (sequence) => sequence.held(),
    fit: (sequence, tokens) => sequence.fit(tokens),

    async save(sequence) {
      const path = join(await mkdtemp(join(tmpdir(), "omniport-")), "sequence");
      try {
        await sequence.save(path);
        return path;
      } catch {
        await forget(path);
        return undefined;
      }
    },
    async restore(sequence, path) {
      if (path === undefined) return;
      try {
        await sequence.load(path);
      } catch {
        // It is read anew.
      }
    },
    forget,
  };
}

/**
 * Whether a sequence can be gone back to only with a checkpoint: it has a state, or a sliding window that leaves behind so
 * much that a second window of keys and values takes no more than they would.
 */
function needsCheckpoint(model: LlamaModel, room: number): boolean {
  const { swaSize: window } = model.fileInsights;
  return keepsState(model) || (window !== undefined && room >= 2 * (window + BATCH_TOKENS));
}

function keepsState({ fileInsights }: LlamaModel): boolean {
  return fileInsights.isHybrid || fileInsights.isRecurrent;
}

async function forget(path: State): Promise<void> {
  if (path !== undefined) await rm(dirname(path), { recursive: true, force: true });
}

/** What went wrong in llama.cpp's loading of a model or a context. */
export function loadFailure(what: string, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (isOutOfMemory(cause)) return new EngineError("out_of_memory", say.noMemory(what, reason), { cause });
  return new EngineError("unsupported", say.cannotLoad(what, reason), { cause });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === "InsufficientMemoryError";
}
