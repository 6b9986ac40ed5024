import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../api/error.ts";
import { createHealth, type Health, type HealthChange } from "./health.ts";
import type { Target } from "./model.ts";

const fault = new ApiError(503, "api_error", "overloaded");
const limited = new ApiError(429, "rate_limit_error", "slow", { headers: { "retry-after": "7" } });
const refused = new ApiError(401, "authentication_error", "wrong key", { code: "invalid_api_key" });

/** All that health looks at of a target. */
function target(name: string, keyIndex = 0): Target {
  return { name, keyIndex, provider: { name: name.split("/")[0] } } as Target;
}

function fail(health: Health, of: Target, error: ApiError, times = 1): void {
  for (let i = 0; i < times; i++) {
    const trial = health.begin(of);
    trial.failed(error);
    trial.ended();
  }
}

function succeed(health: Health, of: Target): void {
  const trial = health.begin(of);
  trial.answered();
  trial.ended();
}

test("three failures in a row open a target, and a success closes it", () => {
  let nowMs = 0;
  const health = createHealth(() => nowMs);
  const a = target("p/a");
  fail(health, a, fault, 2);
  assert.equal(health.restMs(a), 0);
  fail(health, a, fault);
  assert.equal(health.restMs(a), 2_000);
  nowMs += 2_000;
  assert.equal(health.restMs(a), 0);
  succeed(health, a);
  assert.equal(health.report().targets[0]?.state, "ok");
});

test("while it is open one call at a time tries it, later and later, but never much later", () => {
  let nowMs = 0;
  const health = createHealth(() => nowMs);
  const a = target("p/a");
  fail(health, a, fault, 3);
  const rests: number[] = [];
  for (let i = 0; i < 5; i++) {
    nowMs += health.restMs(a);
    const probe = health.begin(a);
    assert.ok(health.restMs(a) > 0, "nobody else while it is probed");
    assert.equal(health.report().targets[0]?.state, "probing");
    probe.failed(fault);
    probe.ended();
    assert.equal(health.report().targets[0]?.state, "open");
    rests.push(health.restMs(a));
  }
  assert.deepEqual(rests, [4_000, 8_000, 10_000, 10_000, 10_000]);
});

test("a probe whose client leaves makes room for the next", () => {
  let nowMs = 0;
  const health = createHealth(() => nowMs);
  const a = target("p/a");
  fail(health, a, fault, 3);
  nowMs += 2_000;
  health.begin(a).ended();
  assert.equal(health.restMs(a), 0);
  assert.equal(health.running("p/a"), 0);
});

test("half of the last twenty calls failing opens a target, too", () => {
  const health = createHealth(() => 0);
  const a = target("p/a");
  for (let i = 0; i < 10; i++) {
    assert.equal(health.restMs(a), 0);
    succeed(health, a);
    fail(health, a, fault);
  }
  assert.ok(health.restMs(a) > 0);
});

test("a wrong request says nothing against the service", () => {
  const health = createHealth(() => 0);
  const a = target("p/a");
  fail(health, a, fault, 2);
  fail(health, a, new ApiError(400, "invalid_request_error", "no"));
  fail(health, a, fault, 2);
  assert.equal(health.restMs(a), 0);
});

test("a rate limit rests this model with this key, until its end", () => {
  let nowMs = 0;
  const health = createHealth(() => nowMs);
  fail(health, target("p/a"), limited);
  assert.deepEqual([health.limitedMs(target("p/a")), health.restMs(target("p/a"))], [7_000, 7_000]);
  assert.equal(health.restMs(target("p/a", 1)), 0);
  assert.equal(health.restMs(target("p/b")), 0);
  assert.deepEqual(health.report().keys, [{ of: "p/a", key: 1, state: "limited", restMs: 7_000 }]);
  nowMs += 7_000;
  assert.equal(health.restMs(target("p/a")), 0);
  assert.deepEqual(health.report().keys, []);
});

test("a refused key rests for all models of its provider", () => {
  const health = createHealth(() => 0);
  fail(health, target("p/a", 1), refused);
  assert.ok(health.restMs(target("p/b", 1)) > 0);
  assert.equal(health.limitedMs(target("p/b", 1)), 0);
  assert.equal(health.restMs(target("p/a", 0)), 0);
  assert.equal(health.restMs(target("q/a", 1)), 0);
});

test("latency goes up at once, and down slowly", () => {
  let nowMs = 0;
  const health = createHealth(() => nowMs);
  const answer = (ms: number): number => {
    const trial = health.begin(target("p/a"));
    nowMs += ms;
    trial.answered();
    trial.ended();
    return health.latencyMs("p/a");
  };
  assert.equal(answer(100), 100);
  assert.equal(answer(500), 500);
  assert.ok(answer(100) > 490);
  nowMs += 300_000;
  assert.ok(answer(100) < 110);
});

/** Two processes that tell each other what they find out. */
function pair(now: () => number): { readonly a: Health; readonly b: Health; readonly told: readonly HealthChange[] } {
  const told: HealthChange[] = [];
  const tell = (to: () => Health) => (change: HealthChange) => {
    told.push(change);
    to().adopt(structuredClone(change));
  };
  const a: Health = createHealth(
    now,
    tell(() => b),
  );
  const b: Health = createHealth(
    now,
    tell(() => a),
  );
  return { a, b, told };
}

test("failures count wherever they are seen, one process tries again for all, and tells that all is well", () => {
  let nowMs = 0;
  const { a, b } = pair(() => nowMs);
  const of = target("p/a");
  fail(a, of, fault, 2);
  fail(b, of, fault);
  assert.deepEqual([a.restMs(of), b.restMs(of)], [2_000, 2_000]);
  nowMs += 2_000;
  const probe = a.begin(of);
  assert.deepEqual([a.restMs(of), b.restMs(of)], [10_000, 10_000], "nobody else while it is probed");
  probe.answered();
  probe.ended();
  assert.deepEqual([a.restMs(of), b.restMs(of)], [0, 0]);
  fail(b, of, fault);
  assert.equal(a.restMs(of), 0, "the count begins anew");
});

test("a probe of which nothing is heard any more is made again by others", () => {
  let nowMs = 0;
  const { a, b } = pair(() => nowMs);
  const of = target("p/a");
  fail(a, of, fault, 3);
  nowMs += 2_000;
  a.begin(of); // and its process dies
  assert.equal(b.restMs(of), 10_000);
  nowMs += 10_000;
  assert.equal(b.restMs(of), 0);
});

test("a key that is limited or refused is left alone by all, and calls that go well are not told of", () => {
  const { a, b, told } = pair(() => 0);
  const of = target("p/a", 1);
  succeed(a, of);
  assert.deepEqual(told, []);
  fail(a, of, limited);
  assert.deepEqual([b.limitedMs(of), b.limitedMs(target("p/a"))], [7_000, 0]);
  fail(b, of, refused);
  assert.equal(a.restMs(of), 300_000);
});

test("a failure that another process tells of takes back no rest that has begun here", () => {
  const health = createHealth(() => 0);
  const of = target("p/a");
  fail(health, of, fault, 3);
  health.adopt({ target: "p/a", consecutiveFailures: 1, restMs: 0, rests: 0 });
  assert.equal(health.restMs(of), 2_000);
  health.adopt({ target: "p/a", consecutiveFailures: 0, restMs: 0, rests: 0 });
  assert.equal(health.restMs(of), 0, "but that it is well does");
});
