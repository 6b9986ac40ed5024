import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { CallPage } from "../src/api/admin.ts";
import { sendJson, speak } from "./fakes/openai.ts";
import { type Fronted, post, startFronted } from "./fronted.ts";

/*
 * What /admin answers is this project's own: it is held to the OpenAPI document to the letter. A field that the document
 * does not name is as wrong as one that is missing.
 */

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Responses }>>>>;
}

type Responses = Readonly<Record<string, { readonly content?: Content }>>;
type Content = Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>>;

const KEY = "a-client-key";
const HEADERS = { authorization: `Bearer ${KEY}` };
const PAGE = { "x-omniport-page": "1", "content-type": "application/json" };
const TIME_LIMIT = { timeout: 60_000 };

const openapi = JSON.parse(readFileSync(new URL("../openapi.json", import.meta.url), "utf8")) as OpenApi;
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema(closed(openapi) as object, "openapi");

let fronted: Fronted;

before(async () => {
  fronted = await startFronted({
    environment: { OMNIPORT_API_KEY: KEY, TRAFFIC: "on", RECORD_CONTENT: "true" },
    yaml: "aliases: { fast: [openai/broken, openai/gpt-4o] }\nmodels: { openai/gpt-4o: { price: { input: 2, output: 8 } } }",
    answer: (call, response) =>
      call.body.model === "broken"
        ? sendJson(response, { error: { message: "no such model" } }, 404)
        : speak(call, response),
  });
});

after(() => fronted[Symbol.asyncDispose]());

/** The schema with all of its objects closed, but for those that say that they are open. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isClosed = "properties" in schema && !("additionalProperties" in schema) && !("allOf" in schema);
  return isClosed ? { ...parts, additionalProperties: false } : parts;
}

function schemaOf(method: string, path: string, type: string): string {
  const content = openapi.paths[path]?.[method]?.responses["200"]?.content ?? {};
  return content[type]?.schema.$ref ?? assert.fail(`${method} ${path} has no schema for ${type}`);
}

function assertIs(reference: string, value: unknown): void {
  const validate = ajv.getSchema(`openapi${reference}`);
  assert.ok(validate, reference);
  assert.ok(validate(value), `${reference}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`);
}

/** The answer's JSON, which is as documented for the route. @param documented where it has another name than the address. */
async function read(
  address: string,
  documented = address.split("?")[0] ?? "",
  init: RequestInit = {},
): Promise<unknown> {
  const response = await fetch(fronted.server.url + address, { headers: HEADERS, ...init });
  const value = await response.json();
  assert.equal(response.status, 200, JSON.stringify(value));
  assertIs(schemaOf((init.method ?? "GET").toLowerCase(), documented, "application/json"), value);
  return value;
}

/** Calls of every kind and end: a fallback, a stream, vectors, and one that fails. */
async function call(): Promise<number> {
  const messages = [{ role: "user", content: "Hello" }];
  const asked = [
    ["chat/completions", { model: "fast", messages, user: "me" }],
    ["chat/completions", { model: "openai/gpt-4o", messages, stream: true, stream_options: { include_usage: true } }],
    ["embeddings", { model: "openai/text-embedding-3-small", input: "Hello" }],
    ["chat/completions", { model: "nowhere/at-all", messages }],
  ] as const;
  for (const [path, body] of asked) {
    const headers = { ...HEADERS, "content-type": "application/json" };
    await (await post(`${fronted.server.api}/${path}`, JSON.stringify(body), { headers })).text();
  }
  return asked.length;
}

/** So many of the events of a stream that goes on. */
async function takeEvents(response: Response, count: number): Promise<readonly unknown[]> {
  const events: unknown[] = [];
  let text = "";
  for await (const part of response.body ?? assert.fail("no body")) {
    text += Buffer.from(part).toString();
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const event of parts) if (event.startsWith("data: ")) events.push(JSON.parse(event.slice("data: ".length)));
    if (events.length >= count) break;
  }
  return events;
}

test("calls are told as they end, and kept, as the document says", TIME_LIMIT, async () => {
  const live = await fetch(`${fronted.server.url}/admin/calls/live`, { headers: HEADERS });
  assert.match(live.headers.get("content-type") ?? "", /^text\/event-stream/);
  const count = await call();
  const told = await takeEvents(live, count);
  assert.equal(told.length, count);
  for (const event of told) assertIs(schemaOf("get", "/admin/calls/live", "text/event-stream"), event);

  const { data } = (await read("/admin/calls")) as CallPage;
  assert.deepEqual(
    data.map(({ request_id }) => request_id).toSorted(),
    told.map((event) => (event as { request_id: string }).request_id).toSorted(),
  );
  for (const { request_id } of data) await read(`/admin/calls/${request_id}`, "/admin/calls/{request_id}");
  for (const query of ["limit=1", "model=fast", "outcome=failed", `before=${Number.MAX_SAFE_INTEGER}`])
    await read(`/admin/calls?${query}`);
  for (const span of ["hour", "day"]) await read(`/admin/stats?span=${span}`);
});

test("providers, suggestions and sessions are as the document says", async () => {
  await read("/admin/providers");
  await read("/admin/suggestions");
  await read("/admin/session");
  const signIn = { method: "POST", headers: PAGE, body: JSON.stringify({ key: KEY }) };
  await read("/admin/session", undefined, signIn);
  await read("/admin/session", undefined, { method: "DELETE", headers: PAGE });
});

test("what /admin refuses is an error as the document says", async () => {
  const refused: readonly (readonly [number, string, RequestInit])[] = [
    [401, "/admin/calls", {}],
    [400, "/admin/calls?limit=0", { headers: HEADERS }],
    [400, "/admin/stats?span=year", { headers: HEADERS }],
    [404, "/admin/calls/none", { headers: HEADERS }],
    [401, "/admin/session", { method: "POST", headers: PAGE, body: '{"key":"wrong"}' }],
    [400, "/admin/session", { method: "POST", headers: PAGE, body: "{}" }],
    [403, "/admin/session", { method: "DELETE" }],
  ];
  for (const [status, address, init] of refused) {
    const response = await fetch(fronted.server.url + address, init);
    assert.equal(response.status, status, address);
    assertIs("#/components/schemas/Error", await response.json());
  }
});
