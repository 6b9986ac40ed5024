import type { CallSummary } from "../api/admin.ts";
import type { Config } from "../config.ts";
import type { Activity } from "../engine/activities.ts";
import type { HealthChange } from "../gateway/health.ts";
import type { Entrant } from "../gateway/limit.ts";
import type { Line } from "./line.ts";

/** The first message to a worker. */
export interface WorkerSettings {
  /** With the port that all listen on, and this worker's share of the connections. */
  readonly config: Config;
  /** How many workers there are. */
  readonly workers: number;
  /** Whether the system shares connections out; else the primary does. */
  readonly sharesPort: boolean;
  readonly sessionSecret: Uint8Array;
  readonly news: readonly PrimaryNews[];
}

/** A place within a limit that a call takes, or waits for. */
export interface Turn extends Entrant {
  /** Of that worker alone. */
  readonly ticket: number;
  /** What is limited, and how many calls may run there. */
  readonly of: string;
  readonly running: number;
}

/** What the primary asks each worker, and each worker the primary about all. */
export type AboutCalls =
  /** `Family[]` */
  | { readonly about: "families" }
  /** `GatewayHealth` */
  | { readonly about: "health" }
  /** Nothing, when it is done: recorded calls can be read. */
  | { readonly about: "flush" };

export type WorkerQuestion =
  | AboutCalls
  /** Nothing, when all workers are ready to listen. */
  | { readonly about: "ready" }
  /** Nothing, when the engine takes calls: its start is told before. */
  | { readonly about: "engine" }
  /** Nothing, when the call may run. */
  | { readonly about: "turn"; readonly turn: Turn }
  /** `[id, state][]` of those that are known. */
  | { readonly about: "tool_states"; readonly ids: readonly string[] };

/** What one worker tells all others, by the primary. */
export type ForAll =
  | { readonly about: "health"; readonly change: HealthChange }
  | { readonly about: "session_closed"; readonly id: string }
  /** Only to those whose clients watch. */
  | { readonly about: "calls"; readonly calls: readonly CallSummary[] };

export type WorkerNews =
  | ForAll
  | { readonly about: "listening"; readonly url: string }
  | { readonly about: "failed"; readonly message: string }
  /** The call is over, or does not wait any longer. */
  | { readonly about: "left"; readonly ticket: number }
  | { readonly about: "tool_state"; readonly id: string; readonly state: unknown }
  | { readonly about: "engine_answered" }
  /** Whether its clients watch calls as they end. */
  | { readonly about: "watching"; readonly isWatching: boolean };

export type PrimaryNews =
  | ForAll
  | { readonly about: "activity"; readonly activity: Activity }
  | { readonly about: "engine_started"; readonly socketPath: string }
  | { readonly about: "engine_ended" }
  /** Whether anybody's clients watch calls as they end. */
  | { readonly about: "watched"; readonly isWatched: boolean }
  | { readonly about: "stop" };

export type LineToPrimary = Line<WorkerQuestion, WorkerNews>;
export type LineToWorker = Line<AboutCalls, PrimaryNews>;
