import { ApiError } from "../api/error.ts";
import type { Receipt } from "../api/receipt.ts";
import type { Trail } from "../api/trail.ts";
import { say } from "../messages/say.ts";
import { backoffMs, wait } from "./backoff.ts";
import { type Clocks, createClocks } from "./clocks.ts";
import { failureOf, outcomeOf } from "./failure.ts";
import { hedged } from "./hedge.ts";
import type { Health, Trial } from "./health.ts";
import { NO_LIMIT } from "./limit.ts";
import type { Limits } from "./limits.ts";
import type { Route, Target } from "./model.ts";
import type { RetryBudget } from "./retry-budget.ts";
import { impatient } from "./timeouts.ts";
import { type Others, othersThan, whoElse } from "./whom-to-ask.ts";

/** How much is done for an answer. */
export interface AttemptPolicy {
  /** How often one target is asked again; once at most where another one could be asked instead. */
  readonly retries: number;
  /** A provider that asks for a longer wait is not waited for. */
  readonly maxWaitMs: number;
  /** Whether what one provider's rules forbid is asked of the next one. */
  readonly rerouteRefusals: boolean;
}

export interface AttemptParts {
  readonly policy: AttemptPolicy;
  readonly health: Health;
  readonly budget: RetryBudget;
  readonly limits: Limits;
  /** A number from 0 to 1. */
  readonly random?: () => number;
}

/** The call that attempts are made for. */
export interface AttemptedCall {
  readonly signal: AbortSignal;
  readonly receipt: Receipt;
  readonly trail: Trail;
  /** As in `Caller`. */
  readonly client?: string;
  readonly stream: boolean;
  /** Whether somebody else may go on with an answer that breaks off. */
  readonly mayResume?: boolean;
  /** Where two are asked at once: whether this answer is the first, which ends the other attempt. */
  readonly claim?: () => boolean;
}

/** One try of one target. Who starts it says how it went after its beginning, and that it has ended. */
export interface Attempt extends Trial {
  readonly target: Target;
  readonly clocks: Clocks;
  readonly receipt: Receipt;
}

/** Asks one target after the other until one has answered. */
export type Attempts = <T>(route: Route, call: AttemptedCall, start: Start<T>) => Promise<T>;

type Start<T> = (attempt: Attempt) => Promise<T>;

export function createAttempts({ policy, health, budget, limits, random = Math.random }: AttemptParts): Attempts {
  /** The first that may be called now, else the one that may be called soonest. */
  const choose = (targets: readonly Target[]): Target | undefined => {
    if (targets.length === 1) return targets[0];
    const ready = targets.find((target) => health.restMs(target) === 0);
    return ready ?? targets.toSorted((a, b) => health.restMs(a) - health.restMs(b))[0];
  };

  /** Where a limit is known, nobody is asked before it ends. */
  const awaitLimit = async (target: Target, ms: number, signal: AbortSignal): Promise<void> => {
    if (ms > policy.maxWaitMs) throw stillLimited(target, ms);
    await wait(ms + backoffMs(1, random()), signal);
  };

  /** How long to wait before the same target is asked again; undefined: not at all. */
  const delayMs = (target: Target, others: Others, error: ApiError, tries: number): number | undefined => {
    const failure = failureOf(error);
    if (tries > (others.canStandIn ? Math.min(policy.retries, 1) : policy.retries)) return undefined;
    // Once it is known to be broken, nobody hammers it.
    if (failure === "fault") return health.restMs(target) > 0 ? undefined : backoffMs(tries, random());
    if (failure !== "limited" || others.areLeft) return undefined;
    const ms = health.limitedMs(target);
    return ms <= policy.maxWaitMs ? ms + backoffMs(1, random()) : undefined;
  };

  const tryOnce = async <T>(target: Target, others: Others, call: AttemptedCall, start: Start<T>): Promise<T> => {
    const { signal, receipt: ofCall, trail, stream, client = "" } = call;
    const limit = limits.of(target);
    const leave = limit === NO_LIMIT ? undefined : await limit.enter(signal, { client, mayWait: !others.canStandIn });
    const timeouts = others.canStandIn ? impatient(target.timeouts, stream) : target.timeouts;
    const clocks = createClocks({
      title: target.provider.title,
      timeouts,
      silenceMs: others.canStandIn && call.mayResume ? timeouts.firstTokenMs : undefined,
      upstream: target.connection.upstream,
      signal,
    });
    const trial = health.begin(target);
    const ended = (): void => {
      trial.ended();
      leave?.();
    };
    const receipt = ofCall.blank();
    const startedAt = performance.now();
    const note = (outcome: string, status?: number): void => {
      const elapsedMs = performance.now() - startedAt;
      trail.note({
        target: target.name,
        outcome,
        ...(status !== undefined && { status }),
        startedAt,
        durationMs: Math.round(elapsedMs),
        gatewayMs: Math.max(0, elapsedMs - clocks.waitedMs()),
      });
    };
    try {
      const answer = await start({ ...trial, ended, target, clocks, receipt });
      if (call.claim?.() === false) throw new Error("another answer was first");
      trial.answered();
      note("ok");
      ofCall.adopt(receipt);
      return answer;
    } catch (thrown) {
      clocks.hangUp();
      if (signal.aborted) note("aborted");
      else if (thrown instanceof ApiError) {
        trial.failed(thrown);
        note(outcomeOf(thrown), thrown.status);
      } else note("internal_error", 500);
      ended();
      throw thrown;
    }
  };

  /** One target after the other, and each again where that may help. */
  const inOrder = async <T>(targets: readonly Target[], call: AttemptedCall, start: Start<T>): Promise<T> => {
    let left = targets;
    let tries = 1;
    let asked: ApiError | undefined;
    for (let target = choose(left); target;) {
      const others = othersThan(target, left);
      try {
        if (tries === 1) {
          const limitedMs = health.limitedMs(target);
          if (limitedMs > 0) await awaitLimit(target, limitedMs, call.signal);
          budget.called(target.provider.name);
        }
        return await tryOnce(target, others, call, start);
      } catch (thrown) {
        if (call.signal.aborted || !(thrown instanceof ApiError)) throw thrown;
        const ms = delayMs(target, others, thrown, tries);
        if (ms !== undefined && budget.take(target.provider.name)) {
          await wait(ms, call.signal);
          tries++;
        } else {
          asked ??= thrown;
          left = whoElse(left, target, thrown, policy.rerouteRefusals);
          target = choose(left);
          tries = 1;
        }
      }
    }
    // What the model that was asked for has said: the others only stood in for it.
    throw asked ?? nobodyToAsk();
  };

  return ({ targets, hedgeAfterMs }, call, start) => {
    if (hedgeAfterMs === undefined) return inOrder(targets, call, start);
    const first = choose(targets);
    const others = targets.filter(({ name }) => name !== first?.name);
    if (!first || others.length === 0) return inOrder(targets, call, start);
    const lane = (targets: readonly Target[]) => (call: AttemptedCall) => inOrder(targets, call, start);
    return hedged(lane(targets.filter(({ name }) => name === first.name)), lane(others), hedgeAfterMs, call);
  };
}

function nobodyToAsk(): ApiError {
  return new ApiError(503, "api_error", say.nobodyToAsk, { code: "no_target" });
}

function stillLimited({ name }: Target, ms: number): ApiError {
  const seconds = Math.ceil(ms / 1000);
  const message = say.stillLimited(name, seconds);
  return new ApiError(429, "rate_limit_error", message, {
    code: "rate_limit_exceeded",
    headers: { "retry-after": String(seconds) },
  });
}
