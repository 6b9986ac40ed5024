import type { Token } from "node-llama-cpp";
import type { AddonCheckpoint, AddonContext } from "./addon.ts";
import type { Batches, Choose, Step } from "./batches.ts";

/** A text inside llama.cpp, token by token, with its keys and values. For one caller at a time. */
export interface Sequence {
  /** How many tokens it holds. */
  held(): number;
  /** How many of these tokens, from the first, need not be computed again; of the last one, the logits are needed. */
  fit(tokens: readonly number[]): number;
  /** Forgets all but the first so many tokens; where nothing can go on from there, what came after the mark, or all. */
  keep(count: number): Promise<void>;
  /** Whether a mark is of use: not every part can be forgotten. */
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

export interface SequenceOptions {
  readonly addon: AddonContext;
  readonly batches: Batches;
  /** Which of the context's sequences it is. */
  readonly id: number;
  /** For so many tokens. */
  readonly room: number;
  /** Whether the model keeps a state in place of keys and values, which has no parts. */
  readonly hasState: boolean;
  /** How many tokens before it a token sees in some layers, at most; there, older ones are left behind in time. */
  readonly window: number;
  /** Of a model with a state, or one that keeps only the keys and values that its window needs. */
  readonly newCheckpoint: (() => AddonCheckpoint) | undefined;
}

export function createSequence(options: SequenceOptions): Sequence {
  const { addon, batches, id, room, hasState, window, newCheckpoint } = options;
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

  /** So many tokens, from the first, are held by some of the layers no longer. */
  function leftBehind(): number {
    return Math.max(0, addon.getSequenceKvCacheMinPosition(id));
  }

  /** The next token has to find all of its window. */
  function canKeep(count: number): boolean {
    if (isUnknown || count === 0) return false;
    const missing = leftBehind();
    if (missing > 0 && missing > count - window) return false;
    return addon.removeTokenCellsFromSequence(id, count, held.length);
  }

  return {
    held: () => held.length,
    fit(tokens) {
      const different = held.findIndex((token, index) => token !== tokens[index]);
      const same = Math.min(different < 0 ? held.length : different, tokens.length - 1);
      if (!hasState || same === held.length) return same;
      return marked !== undefined && marked.count <= same ? marked.count : 0;
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
        if (newCheckpoint === undefined || isUnknown || leftBehind() === 0) return;
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
