import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { createTurns, type Turns } from "./turns.ts";

/** The calls of one model. They run at the same time and take turns step by step, and the model outlives all of them. */
export interface Calls {
  readonly turns: Turns;
  /** @throws EngineError `busy` when too many run already, or when the model is being unloaded. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Takes no more calls, and frees the model when those that run are over. Once, however often it is called. */
  end(): Promise<void>;
}

const MAX_CALLS = 1024;

/**
 * @param id of the model, for errors.
 * @param free called when no step of a call runs any more.
 */
export function createCalls(id: string, free: () => Promise<void>): Calls {
  const turns = createTurns();
  const running = new Set<Promise<unknown>>();
  let ending: Promise<void> | undefined;

  async function end(): Promise<void> {
    await Promise.allSettled(running);
    await turns.idle();
    await free();
  }

  return {
    turns,

    async run(call) {
      if (ending !== undefined) throw new EngineError("busy", say.modelUnloading(id));
      if (running.size >= MAX_CALLS) {
        throw new EngineError("busy", say.manyWaitFor(id, running.size));
      }
      const mine = call();
      running.add(mine);
      try {
        return await mine;
      } finally {
        running.delete(mine);
      }
    },

    end() {
      ending ??= end();
      return ending;
    },
  };
}
