import type { Token } from "node-llama-cpp";
import type { AddonContext } from "./addon.ts";
import type { Batches, Choose, Step } from "./batches.ts";

/** A text inside llama.cpp, token by token, with its keys and values. For one caller at a time. */
export interface Sequence {
  /** How many tokens it holds. */
  held(): number;
  /** How many of these tokens, from the first, it holds. */
  fit(tokens: readonly number[]): number;
  /** Forgets all but the first so many tokens; all, where the model cannot forget a part. */
  keep(count: number): Promise<void>;
  read(tokens: readonly Token[]): Promise<void>;
  /** Reads tokens, and chooses by the logits after the last one. */
  next<Choice>(tokens: readonly Token[], choose: Choose<Choice>): Promise<Choice>;
  /** Writes what it holds into a file. */
  save(path: string): Promise<void>;
  /** Takes what another sequence of the same model has saved. */
  load(path: string): Promise<void>;
}

/**
 * @param id which of the context's sequences it is.
 * @param room for so many tokens.
 */
export function createSequence(addon: AddonContext, batches: Batches, id: number, room: number): Sequence {
  let held: Token[] = [];
  let isUnknown = false;

  function append(tokens: readonly Token[]): Step {
    const position = held.length;
    held.push(...tokens);
    return { sequence: id, position, tokens: new Uint32Array(tokens) };
  }

  function watched<Outcome>(work: Promise<Outcome>): Promise<Outcome> {
    work.catch(forget);
    return work;
  }

  function forget(): void {
    held = [];
    isUnknown = true;
  }

  /** Of what a sliding window has left behind nothing is held: then a shorter text has no window. */
  function canKeep(count: number): boolean {
    if (isUnknown || count <= Math.max(0, addon.getSequenceKvCacheMinPosition(id))) return false;
    return addon.removeTokenCellsFromSequence(id, count, held.length);
  }

  return {
    held: () => held.length,
    fit(tokens) {
      const different = held.findIndex((token, index) => token !== tokens[index]);
      return different < 0 ? held.length : different;
    },
    keep: (count) =>
      batches.between(() => {
        if (count >= held.length && !isUnknown) return;
        if (canKeep(count)) held.length = count;
        else {
          addon.disposeSequence(id);
          held = [];
          isUnknown = false;
        }
      }),
    read: (tokens) => watched(batches.read(append(tokens))),
    next: (tokens, choose) => watched(batches.next(append(tokens), choose)),
    save: (path) =>
      batches.between(async () => void (await addon.saveSequenceStateToFile(path, id, Uint32Array.from(held)))),
    load: (path) =>
      watched(
        batches.between(async () => {
          const tokens = await addon.loadSequenceStateFromFile(path, id, room);
          held = Array.from(tokens, (token) => token as Token);
        }),
      ),
  };
}
