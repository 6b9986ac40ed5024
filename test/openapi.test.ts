import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { type Surroundings, startSurroundings } from "./docs/surroundings.ts";
import { post } from "./fronted.ts";
import { startOmniport, type TestServer } from "./omniport.ts";
import { type OpenAISchemas, passedOn } from "./vendors/openai-schema.ts";

/** What the tests read of the document. Source: https://spec.openapis.org/oas/v3.1.1.html */
interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

interface OperationObject {
  readonly security?: readonly object[];
  readonly requestBody?: { readonly content: { readonly "application/json": Body } };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

interface Body {
  readonly schema: { readonly $ref: string };
  readonly examples?: Readonly<Record<string, { readonly value: object }>>;
}

type Content = Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>>;

const TIME_LIMIT = { timeout: 120_000 };
const openapi = JSON.parse(readFileSync(new URL("../openapi.json", import.meta.url), "utf8")) as OpenApi;
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema(openapi, "openapi");

let surroundings: Surroundings;
let server: TestServer;

before(async () => {
  surroundings = await startSurroundings();
  server = await startOmniport({ ...surroundings.environment, TRAFFIC: "on" });
}, TIME_LIMIT);

after(async () => {
  await server.close();
  await surroundings[Symbol.asyncDispose]();
});

test("the document is what the server gives, and its schemas compile", async () => {
  const response = await fetch(`${server.url}/openapi.json`);
  assert.equal(response.headers.get("content-type"), "application/json");
  assert.deepEqual(await response.json(), openapi);
  for (const name of Object.keys(openapi.components.schemas)) schema(name);
});

test("every reference leads somewhere", () => {
  for (const [, reference = ""] of JSON.stringify(openapi).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = reference.split("/").reduce<unknown>((value, key) => Object(value)[key], openapi);
    assert.ok(found, reference);
  }
});

test("every text is there in both languages", () => {
  const english: string[] = [];
  const check = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const { description, summary } = value as Record<string, unknown>;
    const isText = "x-description-zh-TW" in value || typeof description !== "string";
    const isTitled = "x-summary-zh-TW" in value || typeof summary !== "string";
    if (!isText || !isTitled) english.push(String(description ?? summary));
    for (const inner of Object.values(value)) check(inner);
  };
  check(openapi);
  assert.deepEqual(english, []);
});

describe("every example of the document gets an answer of the documented schema", () => {
  for (const [path, methods] of Object.entries(openapi.paths)) {
    const { post: operation } = methods;
    const body = operation?.requestBody?.content["application/json"];
    for (const [name, { value }] of Object.entries(body?.examples ?? {})) {
      test(`${path}: ${name}`, TIME_LIMIT, async () => {
        assertValid(schema(nameOf(body?.schema.$ref ?? "")), value);
        const response = await post(`${server.url}${path}`, JSON.stringify(value));
        assert.equal(response.status, 200, await response.clone().text());
        await assertDocumented(response, operation?.responses["200"]?.content ?? {});
      });
    }
  }
});

describe("what can be read answers as documented", () => {
  for (const [path, { get }] of Object.entries(openapi.paths)) {
    if (!get || "text/event-stream" in (get.responses["200"]?.content ?? {})) continue;
    test(`GET ${path}`, TIME_LIMIT, async () => {
      const params = { "{id}": "local/tiny", "{request_id}": await keptCall() };
      const url = Object.entries(params).reduce((text, [name, value]) => text.replace(name, value), path);
      const response = await fetch(server.url + url);
      assert.equal(response.status, 200);
      await assertDocumented(response, get.responses["200"]?.content ?? {});
    });
  }
});

/** The id of a call that the server's record has; records are written some time after the answer. */
async function keptCall(): Promise<string> {
  await post(`${server.api}/chat/completions`, JSON.stringify(QUESTION));
  const limit = AbortSignal.timeout(TIME_LIMIT.timeout);
  for (;;) {
    const { data } = (await (await fetch(`${server.url}/admin/calls`)).json()) as { data: { request_id: string }[] };
    if (data[0]) return data[0].request_id;
    await setTimeout(50, undefined, { signal: limit });
  }
}

test("a health report with details is as documented", async () => {
  await post(`${server.api}/chat/completions`, JSON.stringify(QUESTION));
  const response = await fetch(`${server.url}/health?details`);
  assertValid(schema("Health"), await response.json());
});

test("errors are as documented", async () => {
  for (const [path, body] of [
    ["/v1/chat/completions", { model: "nobody/nothing", messages: [] }],
    ["/v1/embeddings", { model: "local/embed" }],
    ["/v1/nothing", {}],
  ] as const) {
    const response = await post(server.url + path, JSON.stringify(body));
    assert.ok(response.status >= 400);
    assertValid(schema("Error"), await response.json());
  }
});

/** As the routes stand in the code. */
const ROUTE_ENTRY = /method: "(\w+)",\s+path: "([^"]+)"/g;
const PAGE_FILES = /page\.ts$/;
/** Of one that is documented. */
const SECOND_ADDRESS = "POST /v2/rerank";

test("each documented route is one that the server knows, and the server knows no other", async () => {
  const documented = new Set(
    Object.entries(openapi.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(
        (method) => `${method.toUpperCase()} ${path.replace(/^\/v1/, "").replace(/\{.+\}/, "")}`,
      ),
    ),
  );
  const sources = globSync("../src/server/**/*.ts", { cwd: import.meta.dirname });
  const served = sources
    .filter((name) => !PAGE_FILES.test(name))
    .flatMap((name) => [...readFileSync(new URL(name, import.meta.url), "utf8").matchAll(ROUTE_ENTRY)])
    .map(([, method = "", path = ""]) => `${method} ${path}`);
  assert.ok(served.length > 15);
  assert.deepEqual(
    served.filter((route) => !documented.has(route) && route !== SECOND_ADDRESS),
    [],
  );
  for (const [path, methods] of Object.entries(openapi.paths)) {
    const response = await fetch(server.url + path.replaceAll(/\{.+\}/g, "none"), { method: "PUT" });
    assert.equal(response.status, 405, path);
    const allowed = (response.headers.get("allow") ?? "").toLowerCase().split(", ");
    for (const method of Object.keys(methods)) assert.ok(allowed.includes(method), `${method} ${path}`);
    await response.body?.cancel();
  }
});

/** The part that is OpenAI's: what its description calls valid, ours does, and what ours requires, its own does. */
const SHARED = [
  ["ChatCompletion", "completion"],
  ["ChatCompletionChunk", "chunk"],
  ["EmbeddingResponse", "embeddings"],
  ["Error", "error"],
] as const satisfies readonly (readonly [string, keyof OpenAISchemas])[];

const QUESTION = { model: "openai/gpt-4o", messages: [{ role: "user", content: "Hello" }] };

test("an answer as OpenAI describes it is one by this document, and the other way round", async () => {
  const chat = await (await post(`${server.api}/chat/completions`, JSON.stringify(QUESTION))).json();
  const stream = await post(`${server.api}/chat/completions`, JSON.stringify({ ...QUESTION, stream: true }));
  const [chunk] = await eventsOf(stream);
  const vectors = await (
    await post(`${server.api}/embeddings`, JSON.stringify({ model: "text-embedding-3-small", input: "Hello" }))
  ).json();
  const error = await (await post(`${server.api}/chat/completions`, "{}")).json();
  const answers = { completion: chat, chunk, embeddings: vectors, error };
  for (const [ours, theirs] of SHARED) {
    const answer = answers[theirs] as object;
    assertValid(schema(ours), answer);
    assert.ok(passedOn[theirs].safeParse(answer).success);
    // Each field that is required here is one that OpenAI's description names, and misses when it is gone.
    for (const field of required(ours)) {
      const { [field]: _gone, ...rest } = answer as Record<string, unknown>;
      assert.equal(passedOn[theirs].safeParse(rest).success, false, `${ours}.${field}`);
      assert.equal(schema(ours)(rest), false);
    }
  }
});

function schema(name: string): ValidateFunction {
  const validate = ajv.getSchema(`openapi#/components/schemas/${name}`);
  assert.ok(validate, name);
  return validate;
}

function required(name: string): readonly string[] {
  const { required = [] } = openapi.components.schemas[name] as { readonly required?: readonly string[] };
  return required;
}

function nameOf(reference: string): string {
  return reference.replace("#/components/schemas/", "");
}

function assertValid(validate: ValidateFunction, value: unknown): void {
  assert.ok(validate(value), `${ajv.errorsText(validate.errors)}\n${JSON.stringify(value).slice(0, 500)}`);
}

/** An answer has one of the documented types, and each of its values the schema of that type. */
async function assertDocumented(response: Response, content: Content): Promise<void> {
  const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
  const { $ref } = content[type]?.schema ?? assert.fail(`'${type}' is not documented`);
  const values = type === "text/event-stream" ? await eventsOf(response) : [await response.clone().text()].map(parsed);
  assert.ok(values.length > 0);
  if ($ref !== undefined) for (const value of values) assertValid(schema(nameOf($ref)), value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // metrics are text
  }
}

/** The data of a stream's events, but for the `[DONE]` that it has to end in. */
async function eventsOf(response: Response): Promise<readonly unknown[]> {
  const data = [...(await response.text()).matchAll(/^data: (.+)$/gm)].map(([, text = ""]) => text);
  assert.equal(data.pop(), "[DONE]");
  return data.map((text) => JSON.parse(text));
}
