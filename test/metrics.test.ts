import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { sendJson, speak } from "./fakes/openai.ts";
import { post, startFronted } from "./fronted.ts";
import { startOmniport, type TestServer } from "./omniport.ts";

/** Series → value: `omniport_calls_total{provider="openai",…}`. */
async function scrape({ url }: TestServer): Promise<ReadonlyMap<string, number>> {
  const response = await fetch(`${url}/metrics`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  assertWellFormed(text);
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

/** Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format */
function assertWellFormed(text: string): void {
  const families = new Set<string>();
  for (const line of text.trimEnd().split("\n")) {
    const [, name] = /^# TYPE ([a-z_:][\w:]*) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (name !== undefined) {
      assert.ok(!families.has(name), `${name} is there twice`);
      families.add(name);
    } else if (line !== "" && !line.startsWith("# HELP ")) {
      assert.match(
        line,
        /^[a-z_:][\w:]*(\{([a-z_]\w*="([^"\\\n]|\\["\\n])*",?)*\})? (-?[\d.e+-]+|NaN|[+-]Inf)( \d+)?$/i,
      );
    }
  }
}

function ask(server: TestServer, model: string, stream = false): Promise<Response> {
  return post(
    `${server.api}/chat/completions`,
    JSON.stringify({ model, stream, messages: [{ role: "user", content: "one two three" }] }),
  );
}

const GPT = 'provider="openai",model="gpt-4o",operation="chat"';

test("calls, errors, tokens, times, retries and costs are counted, by models that have answered", async () => {
  let tries = 0;
  await using fronted = await startFronted({
    yaml: "max_wait_s: 0\nmodels: { openai/gpt-4o: { price: { input: 1, output: 2 } } }",
    answer: (call, response) =>
      ++tries === 2 ? sendJson(response, { error: { message: "oops" } }, 500) : speak(call, response),
  });
  const { server } = fronted;
  await ask(server, "openai/gpt-4o"); // then it fails once, and is asked again
  await ask(server, "openai/gpt-4o");
  await (await ask(server, "openai/gpt-4o", true)).text();
  await ask(server, "nowhere/x");
  const series = await scrape(server);
  const of = (name: string, labels = GPT): number | undefined => series.get(`omniport_${name}{${labels}}`);

  assert.equal(of("calls_total", `${GPT},outcome="complete"`), 3);
  assert.equal(of("calls_total", 'provider="other",model="other",operation="chat",outcome="failed"'), 1);
  assert.equal(of("call_errors_total", 'provider="other",model="other",operation="chat",error="not_found"'), 1);
  assert.equal(of("retries_total"), 1);
  assert.equal(of("fallbacks_total"), 0);
  const [input = 0, output = 0] = [
    of("tokens_total", `${GPT},type="input"`),
    of("tokens_total", `${GPT},type="output"`),
  ];
  assert.ok(input > 0 && output > 0);
  assert.ok(Math.abs((of("cost_usd_total") ?? 0) - (input + 2 * output) / 1e6) < 1e-12);
  assert.equal(of("call_duration_seconds_count"), 3);
  assert.equal(of("call_duration_seconds_bucket", `${GPT},le="+Inf"`), 3);
  assert.equal(of("first_chunk_seconds_count"), 1);
  assert.equal(of("gateway_overhead_seconds_count"), 3);
  assert.equal(series.get('omniport_target_open{target="openai/gpt-4o"}'), 0);
  assert.ok((series.get("process_resident_memory_bytes") ?? 0) > 1e6);
});

test("a call costs what its provider's price list says, and the configuration's price wins over that", async () => {
  const { PRICE_ROWS } = await import("../src/gateway/prices/table.ts");
  const [, , input = "", output = ""] =
    PRICE_ROWS.split("\n")
      .find((row) => row.startsWith("openai/gpt-4o-mini 0 "))
      ?.split(" ") ?? [];
  const costOf = async (yaml: string): Promise<number> => {
    await using fronted = await startFronted({ yaml, answer: speak });
    await ask(fronted.server, "openai/gpt-4o-mini");
    return (await scrape(fronted.server)).get(`omniport_cost_usd_total{${GPT.replace("4o", "4o-mini")}}`) ?? 0;
  };
  const free = "models: { openai/gpt-4o-mini: { price: { input: 0, output: 0 } } }";
  assert.equal(await costOf(free), 0);
  const perToken = await costOf("models: { openai/gpt-4o-mini: { price: { input: 1, output: 1 } } }");
  const [dollars, tokens] = [await costOf("{}"), perToken * 1e6];
  assert.ok(dollars > (tokens * Number(input)) / 1e6 && dollars < (tokens * Number(output)) / 1e6, String(dollars));
});

test("names that clients make up make no series", async () => {
  await using fronted = await startFronted({ answer: (_, response) => sendJson(response, { error: {} }, 400) });
  for (let i = 0; i < 20; i++) await ask(fronted.server, `openai/made-up-${i}`);
  const series = await scrape(fronted.server);
  const made = [...series.keys()].filter((name) => name.includes("made-up"));
  assert.deepEqual(made, []);
  assert.equal(
    series.get('omniport_calls_total{provider="other",model="other",operation="chat",outcome="failed"}'),
    20,
  );
});

test("the overhead of the gateway leaves out what the provider takes", async () => {
  await using fronted = await startFronted({
    answer: (call, response) => setTimeout(() => speak(call, response), 400),
  });
  await ask(fronted.server, "openai/gpt-4o");
  const series = await scrape(fronted.server);
  assert.ok((series.get(`omniport_call_duration_seconds_sum{${GPT}}`) ?? 0) >= 0.39);
  assert.ok((series.get(`omniport_gateway_overhead_seconds_sum{${GPT}}`) ?? 1) < 0.3);
});

test("limits tell how busy they are", async () => {
  await using fronted = await startFronted({ yaml: "limits: { running: 4 }" });
  await ask(fronted.server, "openai/gpt-4o");
  const series = await scrape(fronted.server);
  assert.equal(series.get('omniport_limit_max{of="this server"}'), 4);
  assert.equal(series.get('omniport_limit_running{of="this server"}'), 0);
  assert.equal(series.get('omniport_limit_queued{of="this server"}'), 0);
});

test("metrics need the client's key, where one is set", async () => {
  await using server = await startOmniport({ OMNIPORT_API_KEY: "secret" });
  assert.equal((await fetch(`${server.url}/metrics`)).status, 401);
  const scraped = await fetch(`${server.url}/metrics`, { headers: { authorization: "Bearer secret" } });
  assert.equal(scraped.status, 200);
});

test("the dashboard and the alert rules ask for metrics that there are", async () => {
  await using server = await startOmniport();
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  for (const file of ["dashboard.json", "alerts.yaml"]) {
    const content = await readFile(new URL(`../deploy/grafana/${file}`, import.meta.url), "utf8");
    const names = [...content.matchAll(/\b(?:omniport|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name);
    assert.ok(names.length > 5, file);
    for (const name of names) {
      assert.ok(known.has(name) || known.has(name.replace(/_(bucket|sum|count)$/, "")), `${file}: ${name}`);
    }
  }
});
