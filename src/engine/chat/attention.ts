import type { LlamaModel } from "node-llama-cpp";

/** At most so many tokens of a text are computed in one step. */
export const BATCH_TOKENS = 512;
/** A step of fewer takes nearly as long as one of these. */
export const LEAST_TOKENS = 16;

const LONG_ROOM = 2048;
/** What a token of a step thinks of one before it: a float32. */
const SCORE_BYTES = 4;
const MAX_SCORES_BYTES = 2 ** 27;

/**
 * From which room on a sequence is computed without flash attention; undefined where never.
 *
 * On a processor it takes each token by itself unless a step has 64, more than a step can have that is to be given up soon.
 * Behind 3,000 tokens a prompt then takes half as long again as without, and an answer an eighth; behind few, it is the
 * other way round. As each has its own layout of keys and values, a conversation is computed as it began.
 */
export function longRoom({ gpuLayers }: Pick<LlamaModel, "gpuLayers">): number | undefined {
  return gpuLayers > 0 ? undefined : LONG_ROOM;
}

/** How many tokens of a prompt a step of a model may have. */
export function maxStepTokens(
  model: Pick<LlamaModel, "gpuLayers"> & { readonly fileInfo: { readonly architectureMetadata: Shape } },
  contextTokens: number,
): number {
  if (longRoom(model) === undefined) return BATCH_TOKENS;
  return stepTokens(model.fileInfo.architectureMetadata.attention?.head_count, contextTokens);
}

interface Shape {
  readonly attention?: { readonly head_count?: Heads };
}

/** Where these differ from layer to layer, a list. */
type Heads = number | readonly number[] | undefined;

/** So many that their scores of all that is before them do not take much memory: without flash attention they are kept. */
function stepTokens(heads: Heads, contextTokens: number): number {
  const fitting = Math.floor(MAX_SCORES_BYTES / tokenScoresBytes(heads, contextTokens));
  return Math.max(LEAST_TOKENS, Math.min(BATCH_TOKENS, fitting));
}

/** What the scores of a step take. */
export function scoresBytes(heads: Heads, contextTokens: number): number {
  return stepTokens(heads, contextTokens) * tokenScoresBytes(heads, contextTokens);
}

function tokenScoresBytes(heads: Heads = 1, contextTokens: number): number {
  return SCORE_BYTES * contextTokens * Math.max(1, ...[heads].flat());
}
