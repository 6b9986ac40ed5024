import { LRUCache } from "lru-cache";
import type { ApiError } from "../api/error.ts";
import { failureOf, isServiceFault, outcomeOf, retryAfterMs } from "./failure.ts";
import type { Target } from "./model.ts";

/** Who answers at the moment, as far as calls have shown. Nobody is asked for it: each probe is a real call. */
export interface Health {
  /** How long this target had better be left alone, in milliseconds; 0: it may be called. */
  restMs(target: Target): number;
  /** Of that, how long the service itself has asked for. */
  limitedMs(target: Target): number;
  begin(target: Target): Trial;
  /** How many calls of the target of that name are under way. */
  running(name: string): number;
  /** From a call to its first token, in milliseconds, the latest counting most and slow ones at once; 0 if never called. */
  latencyMs(name: string): number;
  report(): HealthReport;
  /** Takes over what another process has found out. */
  adopt(change: HealthChange): void;
}

/** What a process has found out that others need not find out again. */
export type HealthChange = TargetChange | KeyHealth;

interface TargetChange {
  readonly target: string;
  readonly consecutiveFailures: number;
  /** How long it had better be left alone; 0: it is well. */
  readonly restMs: number;
  /** How often it has been left alone since it was well. */
  readonly rests: number;
  readonly lastFailure?: string;
}

/** One call of one target. */
export interface Trial {
  /** The first token, or the whole answer, has come. */
  answered(): void;
  /** Also after the answer has begun. */
  failed(error: ApiError): void;
  /** Nothing more comes of it; said once, however it went. */
  ended(): void;
}

export interface HealthReport {
  /** The one that was called last comes first. */
  readonly targets: readonly TargetHealth[];
  /** Keys that are left alone for now. */
  readonly keys: readonly KeyHealth[];
}

export interface TargetHealth {
  readonly target: string;
  /** `open`: it failed too often, and is left alone; `probing`: one call finds out whether it is well again. */
  readonly state: "ok" | "open" | "probing";
  readonly running: number;
  readonly latencyMs?: number;
  readonly consecutiveFailures: number;
  readonly lastFailure?: string;
  /** How long it is left alone yet. */
  readonly restMs?: number;
}

export interface KeyHealth {
  /** A model where that one is limited, else the provider. */
  readonly of: string;
  /** Which of the provider's keys, from 1. */
  readonly key: number;
  readonly state: "limited" | "refused";
  readonly restMs: number;
}

const MAX_TARGETS = 1_000;
const MAX_CONSECUTIVE_FAILURES = 3;
/** Or half of so many calls. */
const WINDOW_CALLS = 20;
const FIRST_REST_MS = 2_000;
/** A service that is well again is found out about so soon. */
const MAX_REST_MS = 10_000;
/** Where a rate limit comes without a time. */
const UNKNOWN_LIMIT_MS = 1_000;
const MAX_LIMIT_MS = 60_000;
/** A key that was refused may have been put right at the provider's. */
const REFUSED_KEY_MS = 300_000;
/** An average over some minutes. Source: https://linkerd.io/2016/03/16/beyond-round-robin-load-balancing-for-latency/ */
const DECAY_MS = 60_000;

/** What is known of one service's model, whatever key it is called with. */
interface State {
  consecutiveFailures: number;
  /** The latest calls, oldest first: whether they failed. */
  readonly recent: boolean[];
  openUntil: number;
  rests: number;
  isProbing: boolean;
  running: number;
  latencyMs: number;
  latencyAt: number;
  lastFailure?: string;
}

/** A key that is left alone for a while. */
interface Rest extends Omit<KeyHealth, "restMs"> {
  readonly until: number;
}

/**
 * @param now in milliseconds.
 * @param onChange told of each change that other processes should know; of calls that go well there is none.
 */
export function createHealth(
  now: () => number = () => performance.now(),
  onChange: (change: HealthChange) => void = () => undefined,
): Health {
  const states = new LRUCache<string, State>({ max: MAX_TARGETS });
  const rests = new LRUCache<string, Rest>({ max: MAX_TARGETS });

  const stateOf = (name: string): State => {
    const known = states.get(name);
    if (known) return known;
    const fresh = newState();
    states.set(name, fresh);
    return fresh;
  };

  const keyRestMs = (state: Rest["state"], of: string, { keyIndex }: Target): number => {
    if (rests.size === 0) return 0; // as nearly always, and this is asked several times a call
    const name = `${state} ${of} ${keyIndex}`;
    const restMs = Math.max(0, (rests.get(name)?.until ?? 0) - now());
    if (restMs === 0) rests.delete(name);
    return restMs;
  };

  const setRest = ({ of, key, state, restMs }: KeyHealth): void =>
    void rests.set(`${state} ${of} ${key - 1}`, { of, key, state, until: now() + restMs });

  const rest = (state: Rest["state"], of: string, { keyIndex }: Target, restMs: number): void => {
    const change: KeyHealth = { of, key: keyIndex + 1, state, restMs };
    setRest(change);
    onChange(change);
  };

  const limitedMs = (target: Target): number => keyRestMs("limited", target.name, target);

  const refusedMs = (target: Target): number =>
    Math.max(keyRestMs("refused", target.name, target), keyRestMs("refused", target.provider.name, target));

  const restAfter = (target: Target, error: ApiError): void => {
    const failure = failureOf(error);
    // A 403 may be about one model only.
    if (failure === "key")
      rest("refused", error.status === 403 ? target.name : target.provider.name, target, REFUSED_KEY_MS);
    if (failure !== "limited") return;
    rest("limited", target.name, target, Math.min(retryAfterMs(error) ?? UNKNOWN_LIMIT_MS, MAX_LIMIT_MS));
  };

  return {
    limitedMs,
    restMs: (target) => Math.max(limitedMs(target), refusedMs(target), openMs(states.get(target.name), now)),
    running: (name) => states.get(name)?.running ?? 0,
    latencyMs: (name) => states.get(name)?.latencyMs ?? 0,

    begin(target) {
      const state = stateOf(target.name);
      const isProbe = state.openUntil !== 0 && !state.isProbing;
      if (isProbe) {
        state.isProbing = true;
        // The others wait for what this call finds out; not for ever, since it may never tell.
        onChange(changeOf(target.name, state, MAX_REST_MS));
      }
      state.running++;
      const startedAt = now();
      const release = (): void => {
        if (isProbe) state.isProbing = false;
      };
      const wentWell = (): void => {
        const isNews = state.openUntil !== 0 || state.consecutiveFailures > 0;
        succeed(state);
        if (isNews) onChange(changeOf(target.name, state, 0));
      };
      return {
        answered() {
          release();
          wentWell();
          measure(state, startedAt, now());
        },
        failed(error) {
          release();
          state.lastFailure = outcomeOf(error);
          restAfter(target, error);
          if (isServiceFault(error)) {
            fail(state, now());
            onChange(changeOf(target.name, state, state.openUntil === 0 ? 0 : Math.max(1, state.openUntil - now())));
          } else if (error.status < 500 && error.status !== 429) wentWell(); // it is there, and it answers
        },
        ended: once(() => {
          release();
          state.running--;
        }),
      };
    },

    report: () => ({
      targets: [...states.entries()].map(([target, state]) => shown(target, state, now)),
      keys: [...rests.values()]
        .filter(({ until }) => until > now())
        .map(({ until, ...key }) => ({ ...key, restMs: Math.round(until - now()) })),
    }),

    adopt(change) {
      if ("key" in change) return setRest(change);
      const { target, consecutiveFailures, restMs, rests, lastFailure } = change;
      const state = stateOf(target);
      if (lastFailure !== undefined) state.lastFailure = lastFailure;
      if (restMs === 0 && consecutiveFailures > 0) {
        // Said by one who does not know yet what has been found out here: it takes nothing back.
        state.consecutiveFailures = Math.max(state.consecutiveFailures, consecutiveFailures);
      } else {
        Object.assign(state, { consecutiveFailures, rests, openUntil: restMs === 0 ? 0 : now() + restMs });
      }
    },
  };
}

function changeOf(target: string, state: State, restMs: number): TargetChange {
  const { consecutiveFailures, rests, lastFailure } = state;
  return { target, consecutiveFailures, restMs, rests, ...(lastFailure !== undefined && { lastFailure }) };
}

function newState(): State {
  return {
    consecutiveFailures: 0,
    recent: [],
    openUntil: 0,
    rests: 0,
    isProbing: false,
    running: 0,
    latencyMs: 0,
    latencyAt: 0,
  };
}

function openMs(state: State | undefined, now: () => number): number {
  if (!state || state.openUntil === 0) return 0;
  // One call at a time finds out whether it is well again.
  return state.isProbing ? MAX_REST_MS : Math.max(0, state.openUntil - now());
}

function succeed(state: State): void {
  state.consecutiveFailures = 0;
  state.openUntil = 0;
  state.rests = 0;
  remember(state, false);
}

function fail(state: State, now: number): void {
  state.consecutiveFailures++;
  remember(state, true);
  const isOpen = state.openUntil !== 0;
  if (!isOpen && state.consecutiveFailures < MAX_CONSECUTIVE_FAILURES && !failsOften(state)) return;
  state.openUntil = now + Math.min(MAX_REST_MS, FIRST_REST_MS * 2 ** state.rests);
  state.rests = Math.min(state.rests + 1, 10);
  state.recent.length = 0;
}

function remember({ recent }: State, hasFailed: boolean): void {
  recent.push(hasFailed);
  if (recent.length > WINDOW_CALLS) recent.shift();
}

function failsOften({ recent }: State): boolean {
  return recent.length === WINDOW_CALLS && recent.filter(Boolean).length * 2 >= WINDOW_CALLS;
}

/** A moving average that believes bad news at once: a peak EWMA. */
function measure(state: State, startedAt: number, now: number): void {
  const ms = now - startedAt;
  const weight = Math.exp(-(now - state.latencyAt) / DECAY_MS);
  state.latencyMs = ms > state.latencyMs ? ms : state.latencyMs * weight + ms * (1 - weight);
  state.latencyAt = now;
}

function shown(target: string, state: State, now: () => number): TargetHealth {
  const restMs = Math.round(openMs(state, now));
  return {
    target,
    state: state.openUntil === 0 ? "ok" : state.isProbing ? "probing" : "open",
    running: state.running,
    consecutiveFailures: state.consecutiveFailures,
    ...(state.latencyMs > 0 && { latencyMs: Math.round(state.latencyMs) }),
    ...(state.lastFailure !== undefined && { lastFailure: state.lastFailure }),
    ...(restMs > 0 && { restMs }),
  };
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    run();
  };
}
