import assert from "node:assert/strict";
import { test } from "node:test";
import { startFakeCollector, valuesOf } from "./fakes/collector.ts";
import { sendJson, speak } from "./fakes/openai.ts";
import { post, startFronted } from "./fronted.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

const messages = [{ role: "user", content: "one two three" }];

test("a call is a span of its caller's trace, and each attempt one of its own, in the words of the conventions", async () => {
  await using collector = await startFakeCollector();
  let tries = 0;
  const fronted = await startFronted({
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=a%20b",
      OTEL_SERVICE_NAME: "front",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
    },
    yaml: "aliases: { fast: [openai/o3, openai/gpt-4o] }",
    answer: (call, response) =>
      ++tries === 1 ? sendJson(response, { error: { message: "gone" } }, 404) : speak(call, response),
  });
  const headers = {
    "content-type": "application/json",
    "x-request-id": "traced",
    traceparent: `00-${TRACE}-${PARENT}-01`,
  };
  const answer = await post(`${fronted.server.api}/chat/completions`, JSON.stringify({ model: "fast", messages }), {
    headers,
  });
  const { usage } = (await answer.json()) as { usage: { prompt_tokens: number; completion_tokens: number } };
  await fronted[Symbol.asyncDispose]();

  const call = collector.spans.find(({ kind }) => kind === 2);
  const attempts = collector.spans.filter(({ kind }) => kind === 3);
  assert.deepEqual([call?.name, call?.traceId, call?.parentSpanId], ["chat fast", TRACE, PARENT]);
  const {
    "omniport.gateway_ms": gatewayMs,
    "gen_ai.response.finish_reasons": reasons,
    ...own
  } = valuesOf(call?.attributes ?? []);
  assert.ok(Number(gatewayMs) > 0);
  assert.deepEqual(reasons, { values: [{ stringValue: "stop" }] });
  assert.deepEqual(own, {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "fast",
    "gen_ai.response.model": "gpt-4o",
    "gen_ai.usage.input_tokens": usage.prompt_tokens,
    "gen_ai.usage.output_tokens": usage.completion_tokens,
    "omniport.request_id": "traced",
    "omniport.outcome": "complete",
    "omniport.cost_usd": 0.000_057_5,
    "omniport.stream": false,
  });

  assert.deepEqual(
    attempts.map(({ name, traceId, parentSpanId, status }) => [name, traceId, parentSpanId, status.code]),
    [
      ["chat openai/o3", TRACE, call?.spanId, 2],
      ["chat openai/gpt-4o", TRACE, call?.spanId, 0],
    ],
  );
  assert.equal(valuesOf(attempts[0]?.attributes ?? [])["error.type"], "404");
  assert.ok(attempts.every((one) => BigInt(one.startTimeUnixNano) <= BigInt(one.endTimeUnixNano)));
  assert.equal(collector.resources[0]?.["service.name"], "front");
  assert.equal(collector.resources[0]?.["deployment.environment.name"], "test");
  assert.equal(collector.headers[0]?.["x-tenant"], "a b");
});

test("durations and tokens are sent as metrics, and a failure says its type", async () => {
  await using collector = await startFakeCollector();
  const fronted = await startFronted({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  const url = `${fronted.server.api}/chat/completions`;
  await post(url, JSON.stringify({ model: "openai/gpt-4o", messages }));
  await post(url, JSON.stringify({ model: "nowhere/x", messages }));
  await fronted[Symbol.asyncDispose]();

  const failed = collector.spans.find(({ name }) => name === "chat nowhere/x");
  assert.equal(failed?.status.code, 2);
  assert.equal(valuesOf(failed?.attributes ?? [])["error.type"], "model_not_found");

  const points = (name: string) =>
    collector.metrics.find((metric) => metric.name === name)?.histogram?.dataPoints ?? [];
  assert.deepEqual(
    points("gen_ai.client.operation.duration").map(({ attributes, count }) => [valuesOf(attributes), Number(count)]),
    [
      [{ "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o" }, 1],
      [
        {
          "gen_ai.operation.name": "chat",
          "gen_ai.provider.name": "other",
          "gen_ai.request.model": "other",
          "error.type": "model_not_found",
        },
        1,
      ],
    ],
  );
  assert.deepEqual(
    points("gen_ai.client.token.usage").map(({ attributes }) => valuesOf(attributes)["gen_ai.token.type"]),
    ["input", "output"],
  );
});

test("what the caller does not trace is not traced, and a traceparent that is none begins a trace", async () => {
  await using collector = await startFakeCollector();
  const fronted = await startFronted({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  for (const traceparent of [`00-${TRACE}-${PARENT}-00`, "00-nonsense"]) {
    const headers = { "content-type": "application/json", traceparent };
    await post(`${fronted.server.api}/chat/completions`, JSON.stringify({ model: "openai/gpt-4o", messages }), {
      headers,
    });
  }
  await fronted[Symbol.asyncDispose]();
  const calls = collector.spans.filter(({ kind }) => kind === 2);
  assert.equal(calls.length, 1);
  assert.notEqual(calls[0]?.traceId, TRACE);
  assert.equal(calls[0]?.parentSpanId ?? "", "");
});

test("a collector that is not there hurts no call, and keeps the server from stopping for some seconds at most", async () => {
  const fronted = await startFronted({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" } });
  const body = JSON.stringify({ model: "openai/gpt-4o", messages });
  assert.equal((await post(`${fronted.server.api}/chat/completions`, body)).status, 200);
  const startedAt = performance.now();
  await fronted[Symbol.asyncDispose]();
  assert.ok(performance.now() - startedAt < 15_000);
});
