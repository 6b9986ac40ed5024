import type { Engine } from "../engine/engine.ts";
import type { Purpose } from "../engine/hub/needed-files.ts";
import { createLocalEngine, createLocalHub } from "../local-engine.ts";
import { UsageError } from "./arguments.ts";
import { benchChat, type ChatFigures } from "./bench/chat.ts";
import { benchEmbeddings, type EmbeddingFigures } from "./bench/embeddings.ts";
import { benchReranking, type RerankingFigures } from "./bench/reranking.ts";
import { localReference } from "./catalogue.ts";
import { type Command, loadSettings } from "./command.ts";
import { interruptible } from "./interrupt.ts";
import type { Messages } from "./messages.ts";
import { createProgressView } from "./progress.ts";
import { purposeOf } from "./pull.ts";
import { byteSize, table } from "./table.ts";

/** What `--json` prints. */
interface Report extends Figures {
  readonly model: string;
  readonly threads: number;
  /** From the files to the first answer, without the download. */
  readonly loadMs: number;
  /** Of this process, in which the model ran. */
  readonly peakMemoryBytes: number;
}

interface Figures {
  readonly chat?: ChatFigures;
  readonly embeddings?: EmbeddingFigures;
  readonly reranking?: RerankingFigures;
}

/** Measures a local model on this machine: in this process, without a server. */
export const bench: Command = async (args, context) => {
  const [name] = args.positionals;
  if (name === undefined) throw new UsageError({ type: "model_missing", command: "bench" });
  const config = await loadSettings(args, context);
  const model = localReference(config, name);

  const view = createProgressView(context);
  const listeners = { onProgress: view.show, onNotice: context.note };
  const hub = await createLocalHub(config, listeners);
  const engine = await createLocalEngine(config, listeners);
  const work = async (signal: AbortSignal): Promise<void> => {
    const purpose = await purposeOf(args, hub, model, signal);
    await engine.pull(model, purpose, signal);
    view.close();
    context.note(context.messages.bench.running(model));
    const startedAt = performance.now();
    await FIRST_ANSWER[purpose](engine, model, signal);
    const loadMs = performance.now() - startedAt;
    const figures = await FIGURES[purpose](engine, model, signal);
    const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
    const report: Report = { model, threads: config.local.threads, loadMs, ...figures, peakMemoryBytes };
    context.print(args.flags.has("json") ? JSON.stringify(report, undefined, 2) : asTable(report, context.messages));
  };
  try {
    return await interruptible(work, () => {
      view.close(); // else the bar's end would wipe the line out
      context.note(context.messages.bench.interrupted);
    });
  } finally {
    view.close();
    await engine.close();
  }
};

type OnModel<Result> = (engine: Engine, model: string, signal: AbortSignal) => Promise<Result>;

/** What a model has to be loaded for. */
const FIRST_ANSWER: Readonly<Record<Purpose, OnModel<unknown>>> = {
  async chat(engine, model, signal) {
    const messages = [{ role: "user", content: "Hello" }];
    const request = { messages, maxTokens: 1, stop: [], presencePenalty: 0, frequencyPenalty: 0 };
    const { events } = await engine.generate(model, request, signal);
    await Array.fromAsync(events);
  },
  embedding: (engine, model, signal) => engine.embed(model, { inputs: ["Hello"] }, signal),
  rerank: (engine, model, signal) =>
    engine.rerank(model, { query: "Hello", documents: ["Hello"], truncate: true }, signal),
};

const FIGURES: Readonly<Record<Purpose, OnModel<Figures>>> = {
  chat: async (...parts) => ({ chat: await benchChat(...parts) }),
  embedding: async (...parts) => ({ embeddings: await benchEmbeddings(...parts) }),
  rerank: async (...parts) => ({ reranking: await benchReranking(...parts) }),
};

function asTable({ model, threads, loadMs, peakMemoryBytes, ...figures }: Report, { bench }: Messages): string {
  return table([
    [bench.model, model],
    [bench.threads, String(threads)],
    [bench.load, milliseconds(loadMs)],
    ...figureRows(figures, bench),
    [bench.memory, byteSize(peakMemoryBytes)],
  ]);
}

function figureRows(
  { chat, embeddings, reranking }: Figures,
  bench: Messages["bench"],
): readonly (readonly string[])[] {
  const rows: (readonly string[])[] = [];
  if (chat) {
    rows.push([bench.prompt(chat.promptTokens), speed(chat.promptTokensPerS, bench.tokensPerS)]);
    rows.push([bench.generation, speed(chat.generatedTokensPerS, bench.tokensPerS)]);
    rows.push([bench.firstToken, milliseconds(chat.firstTokenMs)]);
  }
  if (embeddings) {
    rows.push([bench.shortTexts, speed(embeddings.shortTextsPerS, bench.textsPerS)]);
    rows.push([bench.longTexts, speed(embeddings.longTextsPerS, bench.textsPerS)]);
  }
  if (reranking) rows.push([bench.pairs, speed(reranking.pairsPerS, bench.pairsPerS)]);
  return rows;
}

function milliseconds(value: number): string {
  return `${Math.round(value)} ms`;
}

function speed(value: number | undefined, unit: string): string {
  if (value === undefined) return "–";
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
