import { join } from "node:path";
import { cpuSeconds, peakMegabytes } from "../processes.ts";
import { installLlamaBench, llamaBenchSeconds } from "./llama-bench.ts";
import { type Omniport, pulled, startOmniport } from "./omniport.ts";
import { type Part, type PartOptions, say } from "./part.ts";
import { type Peer, startPeer } from "./python.ts";
import { atLeast, atMost, type Row } from "./row.ts";

const MODEL = "local/tiny";
const PROMPT_TOKENS = 512;
const NEW_TOKENS = 128;
const WARM_ANSWERS = 8;
const UNIT = "tokens/CPU-s";

interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number };
}

/** Something that runs the model. Both give tokens for each second of processor time. */
interface Runner {
  readonly name: string;
  /** Loads the model, and lets a compiler see what is worth compiling. */
  warmUp?(): Promise<unknown>;
  generation(round: number): Promise<number>;
  prompt(round: number): Promise<number>;
}

interface Speeds {
  readonly generation: number;
  readonly prompt: number;
}

/** SmolLM2-135M at four bits: generation, evaluation of a prompt, and what a second turn evaluates. */
export const benchChat: Part = async (options) => {
  const { directory, files } = pulled(MODEL);
  const file = files.find((name) => name.endsWith(".gguf")) ?? "";
  const server = await startOmniport(options.children);
  const peer = options.isAlone
    ? undefined
    : await startPeer(options.children, options.cache, "transformers_peer", [directory, file]);
  const speeds = await measure(options.rounds, [
    omniport(server),
    ...(peer ? [llamaCpp(options, join(directory, file)), transformers(peer)] : []),
  ]);
  const own = speeds.get("Omniport") ?? { generation: Number.NaN, prompt: Number.NaN };
  const others = [...speeds].filter(([name]) => name !== "Omniport");

  const row = (work: string, which: "generation" | "prompt"): Row => {
    const target = atLeast(0.95, "llama.cpp", own[which], speeds.get("llama.cpp")?.[which]);
    return {
      work: `SmolLM2-135M Q4_1: ${work}`,
      unit: UNIT,
      omniport: own[which],
      others: Object.fromEntries(others.map(([name, speed]) => [name, speed[which]])),
      ...(target && { target }),
    };
  };
  const turns = await secondTurn(server);
  const peak = peakMegabytes(server.pid);
  const rows = [
    row(`generation of ${NEW_TOKENS} tokens, streamed`, "generation"),
    row(`prompt of ${PROMPT_TOKENS} tokens`, "prompt"),
    turns,
    {
      work: "SmolLM2-135M Q4_1: peak memory of the process",
      unit: "MB",
      omniport: peak,
      others: peer ? { "transformers bf16": peer.peakMegabytes() } : {},
      target: atMost(300, "MB", peak),
    },
  ];
  await Promise.all([server.stop(), peer?.stop()]);
  return rows;
};

/** One after the other in each round, so that what else the machine does meets all alike. @returns the best by name. */
async function measure(rounds: number, runners: readonly Runner[]): Promise<ReadonlyMap<string, Speeds>> {
  const best = new Map<string, Speeds>();
  for (const runner of runners) await runner.warmUp?.();
  for (let round = 0; round < rounds; round++) {
    for (const runner of runners) {
      const [generation, prompt] = [await runner.generation(round), await runner.prompt(round)];
      say(`${runner.name}: generation ${generation.toFixed(0)}, prompt ${prompt.toFixed(0)} ${UNIT}`);
      const before = best.get(runner.name) ?? { generation: 0, prompt: 0 };
      best.set(runner.name, {
        generation: Math.max(generation, before.generation),
        prompt: Math.max(prompt, before.prompt),
      });
    }
  }
  return best;
}

function omniport(server: Omniport): Runner {
  return {
    name: "Omniport",
    async warmUp() {
      for (let time = 0; time < WARM_ANSWERS; time++) await generation(server, "Write a long story.");
    },
    generation: (round) => generation(server, `Write a long story about ${round + 3} keepers of a lighthouse.`),
    prompt: (round) => prompt(server, round),
  };
}

function llamaCpp({ children, cache }: PartOptions, model: string): Runner {
  const program = installLlamaBench(cache);
  const seconds = (prompt: number, generated: number): Promise<number> =>
    llamaBenchSeconds(children, program, model, ["-p", String(prompt), "-n", String(generated)]);
  return {
    name: "llama.cpp",
    generation: async () => NEW_TOKENS / (await seconds(0, NEW_TOKENS)),
    prompt: async () => PROMPT_TOKENS / (await seconds(PROMPT_TOKENS, 0)),
  };
}

function transformers(peer: Peer): Runner {
  return {
    name: "transformers bf16",
    warmUp: () => peer.work({ prompt: 8, new: 8 }),
    generation: async () => NEW_TOKENS / (await peer.work({ prompt: 8, new: NEW_TOKENS })),
    prompt: async () => PROMPT_TOKENS / (await peer.work({ prompt: PROMPT_TOKENS, new: 0 })),
  };
}

/** From the first word to the end of the stream. */
async function generation({ post, pid }: Omniport, content: string): Promise<number> {
  const messages = [{ role: "user", content }];
  const stream = { stream: true, stream_options: { include_usage: true } };
  const response = await post("/chat/completions", {
    model: MODEL,
    messages,
    temperature: 0,
    max_tokens: NEW_TOKENS,
    ...stream,
  });
  let before: number | undefined;
  let text = "";
  for await (const bytes of response.body ?? []) {
    text += Buffer.from(bytes).toString();
    if (text.includes('"content":"') && !text.includes("[DONE]")) before ??= cpuSeconds(pid);
  }
  const taken = cpuSeconds(pid) - (before ?? Number.NaN);
  const usage = JSON.parse(/"usage":(\{.*\})\}/.exec(text)?.[1] ?? "{}") as Usage;
  return (usage.completion_tokens - 1) / taken;
}

/** Its first words differ, so that nothing of it is in the cache. */
async function prompt(server: Omniport, round: number): Promise<number> {
  const before = cpuSeconds(server.pid);
  const usage = await ask(server, [{ role: "user", content: longText(round) }]);
  return evaluated(usage) / (cpuSeconds(server.pid) - before);
}

/** What was said before is in the cache, but for a token or two at the seam. */
async function secondTurn(server: Omniport): Promise<Row> {
  const messages = [{ role: "user", content: longText(99) }];
  const first = await ask(server, messages);
  const more = [
    { role: "assistant", content: "Yes." },
    { role: "user", content: "And then?" },
  ];
  const second = await ask(server, [...messages, ...more]);
  const newTokens = second.prompt_tokens - first.prompt_tokens;
  return {
    work: `SmolLM2-135M Q4_1: second turn of ${newTokens} tokens after one of ${first.prompt_tokens}: evaluated`,
    unit: "tokens",
    omniport: evaluated(second),
    target: atMost(newTokens, "tokens", evaluated(second)),
  };
}

function longText(round: number): string {
  return `${round}${" and one more word".repeat(PROMPT_TOKENS / 4 - 6)}`;
}

async function ask({ post }: Omniport, messages: readonly object[]): Promise<Usage> {
  const response = await post("/chat/completions", { model: MODEL, messages, temperature: 0, max_tokens: 1 });
  return ((await response.json()) as { readonly usage: Usage }).usage;
}

function evaluated({ prompt_tokens, prompt_tokens_details }: Usage): number {
  return prompt_tokens - (prompt_tokens_details?.cached_tokens ?? 0);
}
