import { ApiError } from "../api/error.ts";
import { say } from "../messages/say.ts";
import { Flow, forEach } from "../upstream/flow.ts";

/** How many calls may run at once, and how many may wait for their turn. */
export interface LimitSettings {
  readonly running: number;
  readonly queued: number;
  /** Who has waited so long is sent away. */
  readonly waitMs: number;
}

/** Who wants to run. */
export interface Entrant {
  /** Whose call it is: clients that wait take turns, however many calls each of them has. */
  readonly client: string;
  /** False: it would rather go elsewhere than wait. True unless told otherwise. */
  readonly mayWait?: boolean;
}

export interface Limit {
  /**
   * Resolves when the call may run.
   *
   * @returns must be called once when the call is over.
   * @throws ApiError 503 when too many wait already or the wait is too long; the signal's reason when it fires.
   */
  enter(signal: AbortSignal, entrant: Entrant): Promise<() => void>;
}

/** A limit that can tell how busy it is. */
export interface MeasuredLimit extends Limit {
  load(): Load;
}

export interface Load {
  readonly running: number;
  readonly queued: number;
}

/** Everybody may run. */
export const NO_LIMIT: Limit = { enter: async () => () => undefined };

/** A call that waits. */
interface Turn {
  come(): void;
  sendAway(): void;
}

/** @param what is limited, for people: `the server`. */
export function createLimit(what: string, { running, queued, waitMs }: LimitSettings): MeasuredLimit {
  const queue = createQueue(queued);
  let taken = 0;

  const leave = (): void => {
    const next = queue.next();
    if (next) next.come(); // takes the place over
    else taken--;
  };

  const turn = (signal: AbortSignal, client: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        queue.remove(client, own);
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        settle();
      };
      const own: Turn = { come: () => end(resolve), sendAway: () => end(() => reject(tooBusy(what))) };
      const onAbort = (): void => end(() => reject(signal.reason));
      const timer = setTimeout(own.sendAway, waitMs);
      signal.addEventListener("abort", onAbort, { once: true });
      if (!queue.add(client, own)) own.sendAway();
    });

  return {
    load: () => ({ running: taken, queued: queue.size() }),

    async enter(signal, { client, mayWait = true }) {
      signal.throwIfAborted();
      if (taken < running) taken++;
      else if (!mayWait) throw tooBusy(what);
      else await turn(signal, client);
      let hasLeft = false;
      return () => {
        if (!hasLeft) leave();
        hasLeft = true;
      };
    },
  };
}

/** A bounded queue in which clients take turns: whoever has many calls waits for those of the others. */
interface Queue {
  /** @returns whether there is room: where all places are taken, whoever has the most loses the latest. */
  add(client: string, turn: Turn): boolean;
  remove(client: string, turn: Turn): void;
  /** Takes out whose turn it is. */
  next(): Turn | undefined;
  size(): number;
}

function createQueue(places: number): Queue {
  /** By client; the one whose turn is next stands in front. */
  const waiting = new Map<string, Set<Turn>>();
  let size = 0;

  /** The latest turn of the client with the most, if that has more than somebody with so many. */
  const spare = (turns: number): Turn | undefined => {
    const longest = [...waiting.values()].reduce((most, one) => (one.size > most.size ? one : most), new Set<Turn>());
    return longest.size > turns + 1 ? [...longest].at(-1) : undefined;
  };

  return {
    size: () => size,

    add(client, turn) {
      const own = waiting.get(client) ?? new Set();
      if (size >= places) {
        const other = spare(own.size);
        if (!other) return false;
        other.sendAway();
      }
      waiting.set(client, own.add(turn));
      size++;
      return true;
    },

    remove(client, turn) {
      const own = waiting.get(client);
      if (!own?.delete(turn)) return;
      size--;
      if (own.size === 0) waiting.delete(client);
    },

    next() {
      const [first] = waiting;
      if (!first) return undefined;
      const [client, own] = first;
      const [turn] = own;
      waiting.delete(client);
      if (turn) own.delete(turn);
      if (own.size > 0) waiting.set(client, own); // behind the others
      size--;
      return turn;
    },
  };
}

/** Has room where both have. */
export function bothOf(first: Limit, second: Limit): Limit {
  if (first === NO_LIMIT) return second;
  if (second === NO_LIMIT) return first;
  return {
    async enter(signal, entrant) {
      const leaveFirst = await first.enter(signal, entrant);
      try {
        const leaveSecond = await second.enter(signal, entrant);
        return () => {
          leaveSecond();
          leaveFirst();
        };
      } catch (thrown) {
        leaveFirst();
        throw thrown;
      }
    },
  };
}

/** Does something that is over when it has its value. */
export function within<T>(limit: Limit, signal: AbortSignal, entrant: Entrant, work: () => Promise<T>): Promise<T> {
  return limit === NO_LIMIT ? work() : inTurn(limit, signal, entrant, work);
}

async function inTurn<T>(limit: Limit, signal: AbortSignal, entrant: Entrant, work: () => Promise<T>): Promise<T> {
  const leave = await limit.enter(signal, entrant);
  try {
    return await work();
  } finally {
    leave();
  }
}

/** Does something that is over when its stream is. */
export async function streamWithin<T>(
  limit: Limit,
  signal: AbortSignal,
  entrant: Entrant,
  work: () => Promise<AsyncIterable<T>>,
): Promise<AsyncIterable<T>> {
  if (limit === NO_LIMIT) return work();
  const leave = await limit.enter(signal, entrant);
  signal.addEventListener("abort", leave, { once: true }); // a stream that is never read has no end
  const chunks = await work().catch((thrown: unknown) => {
    leave();
    throw thrown;
  });
  return new Flow((each) => forEach(chunks, each).finally(leave));
}

function tooBusy(what: string): ApiError {
  const message = say.tooBusy(what);
  return new ApiError(503, "overloaded_error", message, { code: "concurrency_limit", headers: { "retry-after": "1" } });
}
