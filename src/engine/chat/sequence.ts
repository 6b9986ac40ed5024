import type { Token } from "node-llama-cpp";
import type { AddonCheckpoint, AddonContext } from "./addon.ts";
import type { Batches, Choose, Step } from "./batches.ts";

/** A text inside llama.cpp, token by token, with its keys and values. For one caller at a time. */
export interface Sequence {
  /** How many tokens it holds. */
  held(): number;
  /** How many of these tokens, from the first, it holds. */
  fit(tokens: readonly number[]): number;
  /** Forgets all but the first so many tokens; where the model cannot forget a part, what came after the mark, or all. */
  keep(count: number): Promise<void>;
  /** Whether a mark is of use: the model cannot forget a part. */
  readonly needsMark: boolean;
  /** Remembers how it is now, for `keep`; the mark before is forgotten. */
  mark(): Promise<void>;
  read(tokens: readonly Token[]): Promise<void>;
  /** Reads tokens, and chooses by the logits after the last one. */
  next<Choice>(tokens: readonly Token[], choose: Choose<Choice>): Promise<Choice>;
  /** Writes what it holds into a file. */
  save(path: string): Promise<void>;
  /** Takes what another sequence of the same model has saved. */
  load(path: string): Promise<void>;
}

/** After so many tokens, of those that are held, something can be put back. */
interface Mark {
  readonly count: number;
  readonly checkpoint: AddonCheckpoint;
}

/**
 * @param id which of the context's sequences it is.
 * @param room for so many tokens.
 * @param newCheckpoint of a model that keeps a state in place of keys and values, which cannot forget a part.
 */
export function createSequence(
  addon: AddonContext,
  batches: Batches,
  id: number,
  room: number,
  newCheckpoint?: () => AddonCheckpoint,
): Sequence {
  let held: Token[] = [];
  let isUnknown = false;
  let marked: Mark | undefined;

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
    unmark();
  }

  function unmark(): void {
    marked?.checkpoint.dispose();
    marked = undefined;
  }

  /** Goes back to the mark, if it is not behind so many tokens. */
  async function goBack(count: number): Promise<boolean> {
    if (isUnknown || marked === undefined || marked.count > count) return false;
    try {
      if (!(await addon.restoreCheckpoint(marked.checkpoint, marked.count - 1, id))) return false;
    } catch {
      return false; // Then all is forgotten, and read anew.
    }
    held.length = marked.count;
    return true;
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
      batches.between(async () => {
        if (count >= held.length && !isUnknown) return;
        if (canKeep(count)) {
          held.length = count;
          if (marked && marked.count > count) unmark();
        } else if (!(await goBack(count))) {
          addon.disposeSequence(id);
          held = [];
          isUnknown = false;
          unmark();
        }
      }),
    needsMark: newCheckpoint !== undefined,
    mark: () =>
      batches.between(async () => {
        unmark();
        if (newCheckpoint === undefined || isUnknown) return;
        const checkpoint = newCheckpoint();
        try {
          await checkpoint.init(addon, id);
          marked = { count: held.length, checkpoint };
        } catch {
          checkpoint.dispose(); // Without a mark, more is read anew.
        }
      }),
    read: (tokens) => watched(batches.read(append(tokens))),
    next: (tokens, choose) => watched(batches.next(append(tokens), choose)),
    save: (path) =>
      batches.between(async () => void (await addon.saveSequenceStateToFile(path, id, Uint32Array.from(held)))),
    load: (path) =>
      watched(
        batches.between(async () => {
          unmark();
          const tokens = await addon.loadSequenceStateFromFile(path, id, room);
          held = Array.from(tokens, (token) => token as Token);
        }),
      ),
  };
}
