import { basename, join } from "node:path";
import type { Llama, LlamaContext, LlamaGrammarEvaluationState, LlamaModel } from "node-llama-cpp";
import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { ChatModel, GenerateEvent, GenerateRequest, Snapshot } from "../model.ts";
import { createEncode } from "./encode.ts";
import { generate } from "./generation.ts";
import { createLlamaRuntime, importNodeLlamaCpp, type LlamaOptions, type LlamaRuntime } from "./llama.ts";
import { createPace } from "./pace.ts";
import { createPreparation } from "./preparation.ts";
import { readPreset } from "./presets.ts";
import { countSequences } from "./sequences.ts";
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
}

const BATCH_TOKENS = 512;
const MAX_SEQUENCES = 4;
const MAX_WAITING = 64;
const CACHE_BUDGET_BYTES = 2 ** 30;
/** A call that is given up stops computing in about this time, on slow machines in twice or three times as much. */
const PACE = { targetMs: 150, limitMs: 700, minTokens: 16, fullTokens: 64, maxTokens: BATCH_TOKENS };

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
  const model = await loadModel(await runtime(), weights, snapshot.id, signal);
  try {
    return await createChatModel(snapshot, model, options, signal);
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

async function createChatModel(
  snapshot: Snapshot,
  model: LlamaModel,
  options: ChatModelOptions,
  signal: AbortSignal,
): Promise<ChatModel> {
  const { tokenizer } = model.fileInfo.metadata;
  const vocabulary = readVocabulary(tokenizer, await configuredEnds(snapshot), snapshot.id);
  const template = await loadTemplate(snapshot, tokenizer?.chat_template, vocabulary);
  const encode = await createEncode(snapshot, model, vocabulary);
  const prepare = createPreparation({ template, vocabulary, encode, preset: await readPreset(snapshot) });

  const contextTokens = Math.min(options.contextTokens, model.trainContextSize);
  const context = await createContext(model, snapshot, contextTokens, options.threads, signal);
  const pace = createPace(PACE);
  const sequences = Array.from({ length: context.totalSequences }, () => context.getSequence());
  const slots = createSlots(sequences, MAX_WAITING);

  async function* answer(asked: GenerateRequest, signal: AbortSignal): AsyncGenerator<GenerateEvent> {
    const { grammar, ...prepared } = prepare(asked);
    const { prompt, request, vocabulary } = prepared;
    if (prompt.length >= contextTokens) throw contextExceeded(contextTokens, prompt.length);
    const maxTokens = Math.max(1, Math.min(request.maxTokens ?? Infinity, contextTokens - prompt.length));

    const sequence = await slots.take((slot) => slot.compareContextTokens(prompt).firstDifferentIndex, signal);
    try {
      const bias = await tokenBias(model, vocabulary, request.logitBias ?? new Map(), grammar !== undefined);
      const bound = {
        ...(grammar !== undefined && { grammar: await grammarState(model, grammar) }),
        ...(bias && { bias }),
      };
      yield* generate(sequence, { ...prepared, ...bound, maxTokens, pace }, signal);
    } catch (error) {
      // After a failure in the midst of a batch nobody knows what the cache holds.
      if (!signal.aborted && !(error instanceof EngineError)) await sequence.clearHistory();
      throw error;
    } finally {
      slots.give(sequence);
    }
  }

  return {
    contextTokens,
    generate: answer,
    async dispose() {
      await slots.drain();
      await context.dispose();
      await model.dispose();
    },
  };
}

async function loadModel(llama: Llama, path: string, id: string, signal: AbortSignal): Promise<LlamaModel> {
  try {
    return await llama.loadModel({ modelPath: path, loadSignal: signal });
  } catch (error) {
    signal.throwIfAborted();
    throw loadFailure(`${basename(path)} of ${id}`, error);
  }
}

/** The file to load: of a model in several parts the first, which names the others. */
function ggufFile(snapshot: Snapshot): string {
  const [file] = snapshot.files.filter((name) => name.endsWith(".gguf")).toSorted();
  if (file !== undefined) return file;
  const message = `${snapshot.id} has no .gguf file, the format that chat models need here: choose a repository with one.`;
  throw new EngineError("unsupported", message);
}

function loadFailure(what: string, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (isOutOfMemory(cause)) return new EngineError("out_of_memory", `No memory for ${what}: ${reason}`, { cause });
  return new EngineError("unsupported", `llama.cpp cannot load ${what}: ${reason}`, { cause });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && error.constructor.name === "InsufficientMemoryError";
}

/** As many sequences as the budget allows; fewer where the memory that is free does not. */
async function createContext(
  model: LlamaModel,
  snapshot: Snapshot,
  contextTokens: number,
  threads: number,
  signal: AbortSignal,
): Promise<LlamaContext> {
  const shape = model.fileInfo.architectureMetadata;
  let sequences = countSequences(shape, contextTokens, CACHE_BUDGET_BYTES, MAX_SEQUENCES);
  for (;;) {
    try {
      const sizes = { contextSize: contextTokens, batchSize: BATCH_TOKENS, sequences, threads };
      return await model.createContext({ ...sizes, failedCreationRemedy: false, createSignal: signal });
    } catch (error) {
      signal.throwIfAborted();
      if (sequences === 1 || !isOutOfMemory(error)) {
        throw loadFailure(`a context of ${contextTokens} tokens of ${snapshot.id}`, error);
      }
      sequences = Math.floor(sequences / 2);
    }
  }
}

/** @throws EngineError `bad_request` for a grammar that llama.cpp does not take. */
async function grammarState(model: LlamaModel, grammar: string): Promise<LlamaGrammarEvaluationState> {
  const { LlamaGrammarEvaluationState } = await importNodeLlamaCpp();
  try {
    return new LlamaGrammarEvaluationState({ model, grammar: await model.llama.createGrammar({ grammar }) });
  } catch (cause) {
    const message = "The schema cannot be used: it refers to itself without an end, or repeats too often.";
    throw new EngineError("bad_request", message, { cause });
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

function contextExceeded(contextTokens: number, promptTokens: number): EngineError {
  const message =
    `This model's maximum context length is ${contextTokens} tokens. However, your messages resulted in ` +
    `${promptTokens} tokens. Please reduce the length of the messages.`;
  return new EngineError("context_length_exceeded", message);
}
