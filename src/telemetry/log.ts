import { type DestinationStream, pino } from "pino";
import { createLines } from "./lines.ts";
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
  const log: Log = pino({ level }, forPeople ? await terminal() : createLines(2, lostLine));
  return log;
}

function lostLine(count: number): string {
  const entry = { level: pino.levels.values["warn"], time: Date.now(), pid: process.pid };
  return `${JSON.stringify({ ...entry, msg: `${count} lines of the log could not be written and are lost` })}\n`;
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
