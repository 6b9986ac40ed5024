import { type DestinationStream, pino } from "pino";
import type { CallRecord } from "./record.ts";

export type LogLevel = "silent" | "fatal" | "error" | "warn" | "info" | "debug" | "trace";

export interface Log {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

/** Writes JSON lines to standard error, or lines for people where that is a terminal. */
export async function createLog(level: LogLevel, forPeople: boolean): Promise<Log> {
  const log: Log = pino({ level }, forPeople ? await terminal() : lines());
  return log;
}

const FLUSH_AFTER_MS = 100;

/**
 * Other processes of the same server write into the same pipe: what is no longer than this is not mixed with theirs.
 * Source: https://man7.org/linux/man-pages/man7/pipe.7.html (PIPE_BUF)
 */
const MAX_WRITE_BYTES = 4096;

/** Lines go out together, some times a second: each by itself would be a write of its own, on a thread of its own. */
function lines(): DestinationStream {
  const destination = pino.destination({ dest: 2, sync: false, maxWrite: MAX_WRITE_BYTES });
  let waiting = "";
  let waitingBytes = 0;
  let flushing: NodeJS.Timeout | undefined;
  const flush = (): void => {
    if (waiting !== "") destination.write(waiting);
    waiting = "";
    waitingBytes = 0;
  };
  const flushInTime = (): void => {
    flushing = undefined;
    flush();
  };
  process.once("exit", () => {
    destination.flushSync();
    if (waiting !== "") pino.destination({ dest: 2, sync: true }).write(waiting);
  });
  return {
    write(line) {
      const bytes = Buffer.byteLength(line);
      if (waitingBytes + bytes > MAX_WRITE_BYTES) flush();
      waiting += line;
      waitingBytes += bytes;
      flushing ??= setTimeout(flushInTime, FLUSH_AFTER_MS).unref();
    },
  };
}

async function terminal(): Promise<DestinationStream> {
  const { default: pretty } = await import("pino-pretty");
  return pretty({ destination: 2, sync: true, ignore: "pid,hostname", translateTime: "HH:MM:ss" });
}

/** One line a call: `info` where it went well, `warn` where it failed. */
export function logCalls(log: Log): (record: CallRecord) => void {
  return (record) => {
    if (record.outcome === "failed") log.warn({ call: record }, "call failed");
    else log.info({ call: record }, record.outcome === "complete" ? "call" : "call aborted");
  };
}
