import type { Engine } from "../../engine/engine.ts";
import { EngineError } from "../../engine/errors.ts";
import type { GenerateEvent } from "../../engine/model.ts";
import { say } from "../../messages/say.ts";
import { median, rate, rounds } from "./rounds.ts";

export interface ChatFigures {
  /** From the call to the first token, for a prompt of one sentence. */
  readonly firstTokenMs: number;
  readonly promptTokensPerS: number;
  /** Undefined where the model says too little to tell. */
  readonly generatedTokensPerS: number | undefined;
  /** How long the measured prompt was. */
  readonly promptTokens: number;
}

type End = Extract<GenerateEvent, { type: "end" }>;

interface Answered {
  readonly end: End;
  /** From the call to the prompt's end, the first token, and the last. */
  readonly promptMs: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

const PROMPT_WORDS = 400;
const ANSWER_TOKENS = 128;
const QUESTION = "Write a long story about the keeper of a lighthouse.";

/** Measures a chat model that is in memory. */
export async function benchChat(engine: Engine, model: string, signal: AbortSignal): Promise<ChatFigures> {
  const prompts = await rounds((round) => longPrompt(engine, model, round, signal));
  const answers = await rounds((round) => ask(engine, model, `${round + 1}. ${QUESTION}`, ANSWER_TOKENS, signal));
  const speeds = answers
    .filter(({ end }) => end.completionTokens > 1)
    .map(({ end, firstMs, lastMs }) => rate(end.completionTokens - 1, lastMs - firstMs));
  return {
    firstTokenMs: median(answers.map(({ firstMs }) => firstMs)),
    promptTokensPerS: median(prompts.map(({ end, promptMs }) => rate(end.promptTokens - end.cachedTokens, promptMs))),
    generatedTokensPerS: speeds.length === 0 ? undefined : median(speeds),
    promptTokens: prompts[0]?.end.promptTokens ?? 0,
  };
}

/** As many words as the model's context takes, up to `PROMPT_WORDS`; the first differs, so that nothing is in the cache. */
async function longPrompt(engine: Engine, model: string, round: number, signal: AbortSignal): Promise<Answered> {
  for (let words = PROMPT_WORDS; ; words = Math.floor(words / 2)) {
    const prompt = `${round + 1}${" and one more word".repeat(words / 4)}`;
    try {
      return await ask(engine, model, prompt, 1, signal);
    } catch (error) {
      const isTooLong = error instanceof EngineError && error.code === "context_length_exceeded";
      if (!isTooLong || words < 8) throw error;
    }
  }
}

async function ask(
  engine: Engine,
  model: string,
  content: string,
  maxTokens: number,
  signal: AbortSignal,
): Promise<Answered> {
  const startedAt = performance.now();
  const request = { stop: [], presencePenalty: 0, frequencyPenalty: 0, temperature: 0, maxTokens };
  const { events } = await engine.generate(model, { messages: [{ role: "user", content }], ...request }, signal);
  const promptMs = performance.now() - startedAt;
  let firstMs: number | undefined;
  let end: End | undefined;
  for await (const event of events) {
    if (event.type === "end") end = event;
    else if (event.type !== "start") firstMs ??= performance.now() - startedAt;
  }
  if (!end) throw new EngineError("busy", say.endedEarly(model));
  const lastMs = performance.now() - startedAt;
  return { end, promptMs, firstMs: firstMs ?? lastMs, lastMs };
}
