import { setImmediate } from "node:timers/promises";
import type { AddonContext, ThreadsSplitter } from "./addon.ts";

/** Tokens of one sequence that are computed in one go. */
export interface Step {
  readonly sequence: number;
  /** Of the first token in its sequence. */
  readonly position: number;
  readonly tokens: Uint32Array;
}

/**
 * Makes a choice of the logits after a step's last token.
 * @param place where they are in the context, until the choice is made.
 */
export type Choose<Choice> = (addon: AddonContext, place: number) => Promise<Choice>;

/**
 * Computes what the sequences of a context have to be computed, together as far as it fits. After a failure nobody knows
 * what a sequence holds.
 */
export interface Batches {
  read(step: Step): Promise<void>;
  next<Choice>(step: Step, choose: Choose<Choice>): Promise<Choice>;
  /** Does what must not happen while a batch is computed. */
  between<Value>(work: () => Value | Promise<Value>): Promise<Value>;
}

export interface BatchesOptions {
  readonly addon: AddonContext;
  readonly splitter: ThreadsSplitter;
  /** What it computes on where no other context does. */
  readonly threads: number;
  /** What it waits for where others do. */
  readonly leastThreads: number;
  /** Of all steps of a batch together. */
  readonly maxTokens: number;
  /** In one batch: one of each sequence, or fewer. */
  readonly maxSteps: number;
}

interface Waiting {
  readonly step: Step;
  /** Called with the place of the last token's logits; without it, there are none. */
  readonly choose?: (place: number) => Promise<void>;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

const NO_LOGITS = new Uint32Array();

export function createBatches({ addon, maxTokens, maxSteps, ...options }: BatchesOptions): Batches {
  const waiting: Waiting[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  let isScheduled = false;

  function between<Value>(work: () => Value | Promise<Value>): Promise<Value> {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  }

  function wait(one: Waiting): void {
    waiting.push(one);
    schedule();
  }

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    void between(computeNext);
  }

  async function computeNext(): Promise<void> {
    // Whoever has just been given a token comes with its next step in this turn of the event loop.
    if (waiting.length < maxSteps) await setImmediate();
    isScheduled = false;
    const batch = waiting.splice(0, Math.min(maxSteps, fitting(waiting, maxTokens)));
    try {
      await compute(batch);
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
    if (waiting.length > 0) schedule();
  }

  async function compute(batch: readonly Waiting[]): Promise<void> {
    addon.initBatch(batch.reduce((sum, { step }) => sum + step.tokens.length, 0));
    const places = batch.map(({ step: { sequence, position, tokens }, choose }) => {
      const wanted = choose ? Uint32Array.of(tokens.length - 1) : NO_LOGITS;
      return addon.addToBatch(sequence, position, tokens, wanted)[0];
    });
    await onThreads(options, async (count) => {
      addon.setThreads(count);
      await addon.decodeBatch();
    });
    await Promise.all(batch.map((one, index) => finish(one, places[index])));
  }

  return {
    read: (step) => new Promise((done, failed) => wait({ step, done, failed })),
    next: (step, choose) =>
      new Promise((chosen, failed) =>
        wait({ step, choose: async (place) => chosen(await choose(addon, place)), done: () => undefined, failed }),
      ),
    between,
  };
}

/** How many of those that wait go into one batch, first come first served; none is larger than a batch. */
function fitting(waiting: readonly Waiting[], maxTokens: number): number {
  let tokens = 0;
  const first = waiting.findIndex(({ step }) => (tokens += step.tokens.length) > maxTokens);
  return first < 0 ? waiting.length : first;
}

async function finish({ choose, done, failed }: Waiting, place: number | undefined): Promise<void> {
  try {
    if (place !== undefined) await choose?.(place);
    done();
  } catch (error) {
    failed(error);
  }
}

/** Waits for as many threads as there must be, and takes as many as it can have. */
async function onThreads(
  { splitter, threads, leastThreads }: Pick<BatchesOptions, "splitter" | "threads" | "leastThreads">,
  work: (count: number) => Promise<void>,
): Promise<void> {
  const consumer = splitter.createConsumer(threads, leastThreads);
  try {
    const [count, allocated] = await consumer.getAllocationToConsume();
    try {
      await work(count);
    } finally {
      allocated.dispose();
    }
  } finally {
    consumer.dispose();
  }
}
