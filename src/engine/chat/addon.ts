import type { Llama, LlamaContext, LlamaGrammarEvaluationState, LlamaModel } from "node-llama-cpp";

/**
 * What lies below node-llama-cpp's classes. Their own way from one token to the next makes locks, maps, timers and
 * settings anew for each: two thirds of the processor time that a token takes beside llama.cpp's own. As this is nobody's
 * promise, package.json names the version exactly, and what is not as it was shows when a context is made.
 *
 * Source: https://github.com/withcatai/node-llama-cpp/blob/v3.22.1/src/bindings/AddonTypes.ts
 */
export interface AddonContext {
  /** Throws away the batch before. @param tokens for so many is there room. */
  initBatch(tokens: number): void;
  /**
   * @param position of the first token in its sequence.
   * @param wanted the tokens, by their index, after which there shall be logits.
   * @returns the places of these logits, for `sampleToken`.
   */
  addToBatch(sequence: number, position: number, tokens: Uint32Array, wanted: Uint32Array): Uint32Array;
  /** Computes the batch in another thread. */
  decodeBatch(): Promise<void>;
  /** Chooses a token in another thread; -1 where none is possible. */
  sampleToken(place: number, sampler: AddonSampler): Promise<number>;
  /**
   * Gives also logits as the sampler has left them, as pairs of token and logit in one list: the likeliest, then those of
   * `tokens`; and the sum of all tokens' `exp(logit - highest logit)`.
   */
  sampleToken(
    place: number,
    sampler: AddonSampler,
    probabilities: false,
    confidence: false,
    logits: readonly [tokens: readonly number[], max: false, min: false, selected: false, top: number],
    weight: true,
  ): Promise<readonly [token: number, never, never, logits: readonly number[], weight: number]>;
  setThreads(threads: number): void;
  /** Empties a sequence. */
  disposeSequence(sequence: number): void;
  /** @returns whether the model can forget these tokens without those after them. */
  removeTokenCellsFromSequence(sequence: number, start: number, end: number): boolean;
  /** The first position that is still held by all layers: after 0 where some have a sliding window, or a state. */
  getSequenceKvCacheMinPosition(sequence: number): number;
  /**
   * Puts back what cannot be forgotten in parts, and forgets what came after it.
   * @param last the position of the last token that it holds then, which the checkpoint was made at.
   * @returns whether it could be.
   */
  restoreCheckpoint(checkpoint: AddonCheckpoint, last: number, sequence: number): Promise<boolean>;
  saveSequenceStateToFile(path: string, sequence: number, tokens: Uint32Array): Promise<number>;
  loadSequenceStateFromFile(path: string, sequence: number, maxTokens: number): Promise<Uint32Array>;
}

/** What of a sequence cannot be forgotten in parts, in memory. */
export interface AddonCheckpoint {
  init(context: AddonContext, sequence: number): Promise<void>;
  dispose(): void;
}

export interface AddonSampler {
  applyConfig(settings: SamplerSettings): void;
  dispose(): void;
}

/** What is left out is off. */
export interface SamplerSettings {
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  /** 0 looks at the whole vocabulary. */
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly seed?: number;
  /** The tokens that are punished; each that is sampled joins them by itself. */
  readonly repeatPenaltyTokens?: Uint32Array;
  readonly repeatPenaltyMaxTokens?: number;
  readonly repeatPenalty?: number;
  readonly repeatPenaltyPresencePenalty?: number;
  readonly repeatPenaltyFrequencyPenalty?: number;
  readonly tokenBiasKeys?: Uint32Array;
  readonly tokenBiasValues?: Float32Array;
  readonly grammarEvaluationState?: AddonGrammarState;
}

/** A model, and a grammar's state, inside llama.cpp: only to be handed on. */
type AddonModel = object;
export type AddonGrammarState = object;

/** Shares out the threads that all contexts of the process may compute on together. */
export interface ThreadsSplitter {
  createConsumer(wanted: number, least: number): ThreadsConsumer;
}

interface ThreadsConsumer {
  getAllocationToConsume(): Allocation | Promise<Allocation>;
  dispose(): void;
}

type Allocation = readonly [threads: number, allocated: { dispose(): void }];

interface OpenContext {
  readonly _ctx: AddonContext;
}

interface OpenModel {
  readonly _model: AddonModel;
}

interface OpenLlama {
  readonly _bindings: {
    readonly AddonSampler: new (model: AddonModel) => AddonSampler;
    readonly AddonContextSequenceCheckpoint: new () => AddonCheckpoint;
  };
  readonly _threadsSplitter: ThreadsSplitter;
}

interface OpenGrammarState {
  readonly _state: AddonGrammarState;
}

/** @throws TypeError where node-llama-cpp has changed. */
export function addonOf(context: LlamaContext): AddonContext {
  return opened<OpenContext>(context, "_ctx")._ctx;
}

/** @throws TypeError where node-llama-cpp has changed. */
export function threadsOf(llama: Llama): ThreadsSplitter {
  return opened<OpenLlama>(llama, "_threadsSplitter")._threadsSplitter;
}

/** @throws TypeError where node-llama-cpp has changed. */
export function grammarOf(state: LlamaGrammarEvaluationState): AddonGrammarState {
  return opened<OpenGrammarState>(state, "_state")._state;
}

/** A sampler, with its room for the whole vocabulary. @throws TypeError where node-llama-cpp has changed. */
export function newSampler(model: LlamaModel): AddonSampler {
  const { AddonSampler } = opened<OpenLlama>(model.llama, "_bindings")._bindings;
  return new AddonSampler(opened<OpenModel>(model, "_model")._model);
}

/** @throws TypeError where node-llama-cpp has changed. */
export function newCheckpoint(llama: Llama): AddonCheckpoint {
  const { AddonContextSequenceCheckpoint } = opened<OpenLlama>(llama, "_bindings")._bindings;
  return new AddonContextSequenceCheckpoint();
}

/** An object of node-llama-cpp with one of the properties that its types do not tell of. */
function opened<Open extends object>(value: object, property: keyof Open & string): Open {
  const has = (candidate: object): candidate is Open => typeof Reflect.get(candidate, property) === "object";
  if (has(value)) return value;
  throw new TypeError(`This version of node-llama-cpp is another than package.json names: it has no ${property}.`);
}
