import { basename, join } from "node:path";
import type { Llama, LlamaModel } from "node-llama-cpp";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { readGgufMetadata } from "../formats/gguf-metadata.ts";
import { readJson } from "../formats/json.ts";
import type { ChatModel, GenerateRequest, Snapshot } from "../model.ts";
import { type AddonGrammarState, grammarOf } from "./addon.ts";
import { LEAST_TOKENS, longRoom, maxStepTokens } from "./attention.ts";
import { cacheBytesPerToken, stateBytes, STATES } from "./cache-size.ts";
import { splitNotice } from "./computer.ts";
import { type Concurrency, ON_PROCESSOR, smallestRoom } from "./concurrency.ts";
import { createContexts } from "./contexts.ts";
import { createEncode, type Encode, neverEmpty } from "./encode.ts";
import { generate, type Generation } from "./generation.ts";
import { createLlamaRuntime, importNodeLlamaCpp, type LlamaOptions, type LlamaRuntime } from "./llama.ts";
import { loadWeights } from "./load-weights.ts";
import { type LongRope, readLongRope } from "./long-rope.ts";
import { createMalformed } from "./malformed.ts";
import { createPace } from "./pace.ts";
import { createPreparation } from "./preparation.ts";
import { readPreset } from "./presets.ts";
import { createSlots } from "./slots.ts";
import { createChatTemplate, findTemplate, type ChatTemplate } from "./template.ts";
import { tokenBias } from "./token-bias.ts";
import { readVocabulary, type ChatVocabulary } from "./vocabulary.ts";

export interface ChatModelOptions extends LlamaOptions {
  /** At most; the model's own limit wins when it is smaller. */
  readonly contextTokens: number;
  /** Shared by the models of one process; without it, the model starts llama.cpp for itself. */
  readonly runtime?: LlamaRuntime;
  /** The path of the GGUF file, where it is not one of the snapshot's. */
  readonly weights?: string;
  /** Without it, as is best for a processor. */
  readonly concurrency?: Concurrency;
  /** For the keys and values of all conversations together; one of full length gets what it needs in any case. */
  readonly cacheBytes?: number;
  /** Told what the user of this machine should know. */
  readonly onNotice?: (message: string) => void;
}

/** As is bearable. */
const MAX_WAITING = 64;
/** Chinese texts have about one character a token, English ones four, few have more than eight. */
const CHARACTERS_A_TOKEN = [2, 8];
/** A call that is given up stops computing in about this time, on a slow machine in half as much again. */
const PACE = {
  targetMs: 90,
  limitMs: 140,
  minTokens: LEAST_TOKENS,
  // A processor computes flash attention in tiles of so many tokens, and else for each token by itself.
  fullTokens: 64,
  fullCost: 0.8,
};

/**
 * Loads the GGUF file of a repository into llama.cpp, together with its chat template and vocabulary.
 * @throws EngineError `not_installed`, `unsupported` or `out_of_memory`
 */
export async function loadChatModel(
  snapshot: Snapshot,
  options: ChatModelOptions,
  signal: AbortSignal,
): Promise<ChatModel> {
  const runtime = options.runtime ?? createLlamaRuntime(options);
  const weights = options.weights ?? join(snapshot.directory, ggufFile(snapshot));
  const longRope = readLongRope(await readGgufMetadata(weights));
  const model = await loadModel(await runtime(), weights, { ...options, longRope, id: snapshot.id }, signal);
  const notice = splitNotice(snapshot.id, model);
  if (notice !== undefined) options.onNotice?.(notice);
  try {
    return await createChatModel(snapshot, model, longRope, options);
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

async function createChatModel(
  snapshot: Snapshot,
  model: LlamaModel,
  longRope: LongRope | undefined,
  options: ChatModelOptions,
): Promise<ChatModel> {
  const { tokenizer } = model.fileInfo.metadata;
  const vocabulary = readVocabulary(tokenizer, await configuredEnds(snapshot), snapshot.id);
  const template = await loadTemplate(snapshot, tokenizer?.chat_template, vocabulary);
  const contextTokens = Math.min(options.contextTokens, model.trainContextSize);
  const tokens = await createEncode(snapshot, model, vocabulary);
  const encode = withinContext(neverEmpty(tokens, vocabulary, snapshot.id), contextTokens);
  const prepare = createPreparation({ template, vocabulary, encode, preset: await readPreset(snapshot) });

  const { concurrency = ON_PROCESSOR } = options;
  const { maxRunning } = concurrency;
  const { totalRoom, roomBeside } = cacheRoom(model, contextTokens, options.cacheBytes ?? concurrency.bestCacheBytes);
  const stepTokens = maxStepTokens(model, contextTokens);
  const malformed = createMalformed(vocabulary);
  const pace = createPace({ ...PACE, maxTokens: stepTokens });
  const contexts = { model, id: snapshot.id, threads: options.threads, stepTokens, longRope };
  const slots = createSlots(createContexts(contexts), {
    maxRunning,
    isOneGroup: concurrency.isOneGroup,
    maxWaiting: MAX_WAITING,
    maxRoom: contextTokens,
    totalRoom,
    roomBeside,
    longRoom: longRoom(model),
    smallestRoom: smallestRoom(concurrency, {
      totalRoom: Math.max(maxRunning, totalRoom - maxRunning * roomBeside),
      maxRoom: contextTokens,
    }),
    ...(longRope && { borderRoom: longRope.shortRoom }),
  });

  async function prepared(asked: GenerateRequest): Promise<Generation> {
    const { grammar, ...answer } = prepare(asked);
    const { prompt, request, vocabulary } = answer;
    const bound = {
      ...(grammar !== undefined && { grammarEvaluationState: await grammarState(model, grammar) }),
      ...tokenBias(model, vocabulary, request.logitBias ?? new Map(), grammar !== undefined),
    };
    const maxTokens = Math.max(1, Math.min(request.maxTokens ?? Infinity, contextTokens - prompt.length));
    return { ...answer, model, bound, maxTokens, pace, ...(grammar !== undefined && { malformed }) };
  }

  return {
    contextTokens,
    generate: (asked, signal) => generate(slots, () => prepared(asked), signal),
    async dispose() {
      await slots.drain();
      await model.dispose();
    },
  };
}

/** How many tokens fit into the cache, at least one context; and how many a sequence's state takes the place of. */
function cacheRoom(
  { fileInfo: { architectureMetadata: shape } }: LlamaModel,
  contextTokens: number,
  cacheBytes: number,
): { readonly totalRoom: number; readonly roomBeside: number } {
  const tokenBytes = cacheBytesPerToken(shape);
  const roomBeside = Math.ceil((STATES * stateBytes(shape)) / tokenBytes);
  return { totalRoom: Math.max(contextTokens + roomBeside, Math.floor(cacheBytes / tokenBytes)), roomBeside };
}

/** On a graphics card lie as many layers as fit, with their part of a conversation of full length. */
async function loadModel(
  llama: Llama,
  path: string,
  { contextTokens: contextSize, longRope, id }: { contextTokens: number; longRope: LongRope | undefined; id: string },
  signal: AbortSignal,
): Promise<LlamaModel> {
  const overrides = longRope && { metadataOverrides: longRope.overrides };
  const gpuLayers = { fitContext: { contextSize } };
  const names = { what: `${basename(path)} of ${id}`, id };
  return loadWeights(llama, { modelPath: path, gpuLayers, ...overrides }, names, signal);
}

/** The file to load: of a model in several parts the first, which names the others. */
function ggufFile(snapshot: Snapshot): string {
  const [file] = snapshot.files.filter((name) => name.endsWith(".gguf")).toSorted();
  if (file !== undefined) return file;
  throw new EngineError("unsupported", say.noGgufFile(snapshot.id));
}

/** @throws EngineError `bad_request` for a grammar that llama.cpp does not take. */
async function grammarState(model: LlamaModel, text: string): Promise<AddonGrammarState> {
  const { LlamaGrammarEvaluationState } = await importNodeLlamaCpp();
  try {
    const grammar = await model.llama.createGrammar({ grammar: text });
    return grammarOf(new LlamaGrammarEvaluationState({ model, grammar }));
  } catch (cause) {
    throw new EngineError("bad_request", say.schemaEndless, { cause });
  }
}

async function loadTemplate(
  snapshot: Snapshot,
  template: string | undefined,
  vocabulary: ChatVocabulary,
): Promise<ChatTemplate> {
  const inGguf = { template, bos: vocabulary.bosText, eos: vocabulary.eosText };
  return createChatTemplate(await findTemplate(snapshot, inGguf), snapshot.id);
}

/** `eos_token_id` of `generation_config.json`: one id or a list; it often names more than the tokenizer does. */
async function configuredEnds(snapshot: Snapshot): Promise<readonly number[]> {
  const config = await readJson<{ eos_token_id?: unknown }>(snapshot, "generation_config.json");
  return [config?.eos_token_id].flat().filter((id) => typeof id === "number");
}

/**
 * Refuses what does not fit, with a token to spare for the answer. A text that is far too long is read no further than
 * is needed to see that: reading holds up all other calls.
 */
function withinContext(encode: Encode, contextTokens: number): Encode {
  return (text) => {
    for (const characters of CHARACTERS_A_TOKEN.map((count) => count * contextTokens)) {
      if (text.length <= characters) break;
      const least = encode(text.slice(0, characters)).length - 1; // the last one may be cut
      if (least >= contextTokens) throw contextExceeded(contextTokens, `more than ${least}`);
    }
    const prompt = encode(text);
    if (prompt.length >= contextTokens) throw contextExceeded(contextTokens, String(prompt.length));
    return prompt;
  };
}

function contextExceeded(contextTokens: number, promptTokens: string): EngineError {
  return new EngineError("context_length_exceeded", say.contextExceeded(contextTokens, promptTokens));
}
