import { constants } from "node:os";

const INTERRUPTED = 128 + constants.signals.SIGINT;

/**
 * Does a work that Ctrl+C ends.
 * @param onInterrupt says so, once the work has ended.
 * @returns the exit code
 */
export async function interruptible(
  work: (signal: AbortSignal) => Promise<void>,
  onInterrupt: () => void,
): Promise<number> {
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  process.once("SIGINT", stop);
  try {
    await work(interrupt.signal);
    return 0;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    onInterrupt();
    return INTERRUPTED;
  } finally {
    process.off("SIGINT", stop);
  }
}
