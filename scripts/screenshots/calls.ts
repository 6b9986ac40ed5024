import type { AttemptRecord, CallRecord } from "../../src/telemetry/record.ts";

/** A program's model, who answers for it, and what its calls are like. */
interface Habit {
  readonly model: string;
  readonly targets: readonly string[];
  readonly firstMs: number;
  readonly tokensPerSecond: number;
  readonly microUsdPerToken: number;
}

const HABITS: readonly Habit[] = [
  { model: "fast", targets: ["openai/gpt-4o-mini"], firstMs: 320, tokensPerSecond: 90, microUsdPerToken: 0.6 },
  {
    model: "careful",
    targets: ["claude/claude-sonnet-4-5", "openai/gpt-4o"],
    firstMs: 900,
    tokensPerSecond: 60,
    microUsdPerToken: 12,
  },
  { model: "local/chat", targets: ["local/chat"], firstMs: 180, tokensPerSecond: 35, microUsdPerToken: 0 },
];
const HOUR_MS = 3_600_000;
const CALLS_EACH = 80;
/** One call of so many finds its first target overloaded. */
const FAULT_EVERY = 12;

/**
 * An hour of calls, the oldest first, as the record of each would have been; always the same but for the hour.
 *
 * @param end when the last of them came, in milliseconds since 1970.
 */
export function pastCalls(end: number): readonly CallRecord[] {
  const all = HABITS.flatMap((habit, which) =>
    Array.from({ length: CALLS_EACH }, (_, at) => callOf(habit, which * CALLS_EACH + at, end)),
  );
  return all.toSorted((one, other) => one.startedAtMs - other.startedAtMs);
}

function callOf(habit: Habit, index: number, end: number): CallRecord {
  const completionTokens = Math.round(60 + 400 * scattered(index, 2) ** 2);
  const promptTokens = Math.round(200 + 1_800 * scattered(index, 3));
  const firstChunkMs = Math.round(habit.firstMs * (0.7 + scattered(index, 4) + 2 * scattered(index, 5) ** 8));
  const streamedMs = Math.round((1_000 * completionTokens) / habit.tokensPerSecond);
  const isFault = index % FAULT_EVERY === 9;
  const answered = {
    outcome: "ok",
    firstChunkMs,
    promptTokens,
    completionTokens,
    durationMs: firstChunkMs + streamedMs,
  };
  const attempts = tries(habit.targets, isFault, answered);
  const last = attempts.at(-1);
  const isAnswered = last?.outcome === "ok";
  const durationMs = (last?.startMs ?? 0) + (last?.durationMs ?? 0);
  const [provider = "", ...name] = (last?.target ?? "").split("/");
  return {
    requestId: `req_${index.toString().padStart(6, "0")}`,
    startedAtMs: end - Math.round(HOUR_MS * scattered(index, 0)),
    operation: "chat",
    stream: true,
    model: habit.model,
    provider,
    providerModel: name.join("/"),
    ...(isAnswered
      ? { outcome: "complete", finishReason: "stop", promptTokens, completionTokens }
      : { outcome: "failed", errorStatus: 503, errorCode: "overloaded", errorMessage: "The model is overloaded." }),
    ...(isAnswered && { costMicroUsd: Math.round(habit.microUsdPerToken * completionTokens) }),
    ...(isAnswered && { firstChunkMs: (last?.startMs ?? 0) + firstChunkMs }),
    ...(habit.model === "careful" && { translation: "dropped=seed;clamped=temperature" }),
    attempts,
    durationMs,
    gatewayMs: 1,
  };
}

/** Twice the first target, where it is overloaded, and then the next, if there is one. */
function tries(
  targets: readonly string[],
  isFault: boolean,
  answered: Omit<AttemptRecord, "target" | "startMs">,
): readonly AttemptRecord[] {
  const [first = "", second] = targets;
  if (!isFault) return [{ target: first, startMs: 1, ...answered }];
  const overloaded = { target: first, outcome: "overloaded", status: 503 };
  const failed = [
    { ...overloaded, startMs: 1, durationMs: 240 },
    { ...overloaded, startMs: 640, durationMs: 310 },
  ];
  return second === undefined ? failed : [...failed, { target: second, startMs: 960, ...answered }];
}

/** Between 0 and 1, spread as if by chance, the same in each run. */
function scattered(index: number, which: number): number {
  const value = Math.sin(index * 12.9898 + which * 78.233) * 43_758.5453;
  return value - Math.floor(value);
}
