import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { tinyEncoder } from "../src/engine/embed/fixtures/tiny.ts";
import { copyReranker, rerankOracle } from "../src/engine/rerank/fixtures/tiny.ts";
import { type Answer, type FakeProvider, sendJson, startFakeProvider } from "./fakes/openai.ts";
import { startFakeHub } from "./fakes/hub.ts";
import { post } from "./fronted.ts";
import { startOmniport, type TestServer } from "./omniport.ts";

const TIME_LIMIT = { timeout: 120_000 };

interface Ranking {
  readonly model: string;
  readonly results: readonly { index: number; relevance_score: number; document?: { text: string } }[];
  readonly usage: { readonly total_tokens: number };
}

interface Stack extends AsyncDisposable {
  readonly upstream: FakeProvider;
  readonly server: TestServer;
  rerank(body: object, path?: string): Promise<Response>;
}

/** A fake reranker behind Omniport, as the provider `ranker` of the configuration. */
async function startStack(answer: Answer, base = "/v1"): Promise<Stack> {
  const upstream = await startFakeProvider(answer);
  const address = upstream.url.replace("/v1", base);
  const server = await startOmniport({}, `providers: { ranker: { base_url: "${address}" } }`);
  return {
    upstream,
    server,
    rerank: (body, path = "/v1/rerank") => post(server.url + path, JSON.stringify(body)),
    async [Symbol.asyncDispose]() {
      await upstream.close();
      await server.close();
    },
  };
}

const request = { model: "ranker/big", query: "night", documents: ["day", { text: "night market", page: 3 }] };

test("a request passes as it is but for the model's name, and the answer byte by byte", async () => {
  const text =
    '{"id":"x", "model": "big", "results": [{"index":1,"relevance_score":0.90000000000000002, "document":{"text":"night market"}}], "meta": {"billed_units":{"search_units":1}}}';
  await using stack = await startStack((_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(text);
  });
  const body = { ...request, top_n: 1, return_documents: true, max_tokens_per_doc: 512, new_field: [1] };
  for (const path of ["/v1/rerank", "/rerank", "/v2/rerank"]) {
    const response = await stack.rerank(body, path);
    assert.equal(await response.text(), text);
  }
  assert.equal(stack.upstream.calls[0]?.path, "/v1/rerank");
  assert.deepEqual(stack.upstream.calls[0]?.body, { ...body, model: "big" });
});

test("Voyage's list of data and documents as plain text become results with documents", async () => {
  const data = [{ index: 0, relevance_score: 0.5, document: "day" }];
  await using stack = await startStack((_, response) =>
    sendJson(response, { object: "list", data, model: "v", usage: { total_tokens: 3 } }),
  );
  assert.deepEqual(await (await stack.rerank(request)).json(), {
    object: "list",
    model: "v",
    usage: { total_tokens: 3 },
    results: [{ index: 0, relevance_score: 0.5, document: { text: "day" } }],
  });
});

/** As Text Embeddings Inference answers: it knows one address, and says which field it misses. */
const tei: Answer = ({ path, body }, response) => {
  if (path !== "/rerank") return void response.writeHead(404).end();
  const texts = body["texts"] as readonly string[] | undefined;
  if (!texts) {
    const message = "Failed to deserialize the JSON body into the target type: missing field `texts`";
    return void response.writeHead(422, { "content-type": "text/plain" }).end(message);
  }
  const ranks = texts.map((text, index) => ({ index, text, score: 1 / (index + 1) }));
  return sendJson(response, ranks);
};

for (const base of ["/v1", ""]) {
  test(`Text Embeddings Inference is asked in its own words where its address ends in "${base}"`, async () => {
    await using stack = await startStack(tei, base);
    const response = await stack.rerank({ ...request, top_n: 1, return_documents: true });
    assert.deepEqual(await response.json(), {
      object: "list",
      model: "big",
      results: [{ index: 0, relevance_score: 1, document: { text: "day" } }],
    });
    const asked = { texts: ["day", "night market"], truncate: true, raw_scores: false, return_text: true };
    assert.deepEqual(stack.upstream.calls.at(-1)?.body, { query: "night", ...asked });
  });
}

test("a client of Text Embeddings Inference is answered in its own words", async () => {
  await using stack = await startStack((_, response) =>
    sendJson(response, { results: [{ index: 1, relevance_score: 0.5, document: { text: "b" } }] }),
  );
  const body = { model: "ranker/big", query: "q", texts: ["a", "b"], return_text: true };
  assert.deepEqual(await (await stack.rerank(body, "/rerank")).json(), [{ index: 1, score: 0.5, text: "b" }]);
  const { texts: documents, return_text: return_documents, ...rest } = body;
  assert.deepEqual(stack.upstream.calls[0]?.body, { ...rest, model: "big", documents, return_documents });
});

test("an answer that is no ranking is a 502, and a refusal keeps its status", async () => {
  await using broken = await startStack((_, response) => sendJson(response, { results: [{ index: 0 }] }));
  assert.equal((await broken.rerank(request)).status, 502);
  await using refusing = await startStack((_, response) => sendJson(response, { message: "too many documents" }, 400));
  const response = await refusing.rerank(request);
  assert.equal(response.status, 400);
  assert.match(await response.text(), /too many documents/);
  assert.equal(refusing.upstream.calls.length, 1);
});

test("a provider without reranking is a 400 that names what can, and a fallback answers", async () => {
  await using upstream = await startFakeProvider((_, response) =>
    sendJson(response, { results: [{ index: 0, relevance_score: 1 }] }),
  );
  const yaml = `providers: { ranker: { base_url: "${upstream.url}" } }`;
  await using server = await startOmniport({ ANTHROPIC_API_KEY: "sk-x" }, yaml);
  const body = JSON.stringify({ ...request, model: "claude/claude-x" });
  const refused = await post(`${server.api}/rerank`, body);
  assert.equal(refused.status, 400);
  const { error } = (await refused.json()) as { error: { param: string; message: string } };
  assert.equal(error.param, "model");
  assert.match(error.message, /claude\/claude-x.*huggingface\/BAAI\/bge-reranker-v2-m3/);

  const headers = { "content-type": "application/json", "x-omniport-fallbacks": "ranker/big" };
  const answered = await post(`${server.api}/rerank`, body, { headers });
  assert.equal(answered.status, 200);
  assert.match(answered.headers.get("x-omniport-attempts") ?? "", /claude-x=.*;ranker\/big=ok/);
});

test("a cross-encoder is fetched from the hub with the first call, and an encoder is refused", TIME_LIMIT, async () => {
  const folder = await mkdtemp(join(tmpdir(), "omniport-hub-"));
  await mkdir(join(folder, "tiny/ranker"), { recursive: true });
  copyReranker("ms-marco", join(folder, "tiny/ranker"));
  await cp(tinyEncoder("all-MiniLM").snapshot.directory, join(folder, "tiny/encoder"), { recursive: true });
  const hub = await startFakeHub(folder);
  const server = await startOmniport({ HF_ENDPOINT: hub.url });
  try {
    const { query = "", document = "", score = 0 } = rerankOracle("ms-marco").pairs[1] ?? {};
    const ask = (model: string): Promise<Response> =>
      post(`${server.api}/rerank`, JSON.stringify({ model, query, documents: [document] }));
    const { results } = (await (await ask("hf/tiny/ranker")).json()) as Ranking;
    assert.ok(Math.abs((results[0]?.relevance_score ?? 0) - score) < 1e-4);
    const refused = await ask("hf/tiny/encoder");
    assert.equal(refused.status, 501);
    assert.match(await refused.text(), /BertModel, which cannot rank documents here; supported: BertForSequence/);
  } finally {
    await server.close();
    await hub.close();
    await rm(folder, { recursive: true });
  }
});

test("a local cross-encoder ranks as sentence-transformers does", TIME_LIMIT, async () => {
  const folder = await mkdtemp(join(tmpdir(), "omniport-ranker-"));
  copyReranker("bge-reranker", folder);
  const server = await startOmniport({}, `local: { directories: ["${folder}"] }`);
  try {
    const [{ query } = { query: "" }] = rerankOracle("bge-reranker").pairs;
    const pairs = rerankOracle("bge-reranker").pairs.filter((pair) => pair.query === query);
    const documents = pairs.map(({ document }) => document);
    const body = { model: `huggingface/${folder}`, query, documents };
    const ask = async (more: object): Promise<Response> =>
      post(`${server.api}/rerank`, JSON.stringify({ ...body, ...more }));

    const all = (await (await ask({})).json()) as Ranking;
    const expected = pairs.map(({ score }, index) => ({ index, score })).toSorted((a, b) => b.score - a.score);
    assert.deepEqual(
      all.results.map(({ index }) => index),
      expected.map(({ index }) => index),
    );
    for (const [place, { relevance_score }] of all.results.entries()) {
      assert.ok(Math.abs(relevance_score - (expected[place]?.score ?? 0)) < 1e-4);
    }
    assert.equal(
      all.usage.total_tokens,
      pairs.reduce((sum, { ids }) => sum + ids.length, 0),
    );

    const best = (await (await ask({ top_n: 2, return_documents: true })).json()) as Ranking;
    assert.deepEqual(
      best.results.map(({ document }) => document?.text),
      expected.slice(0, 2).map(({ index }) => documents[index]),
    );
    const tooLong = await ask({ truncation: false });
    assert.equal(tooLong.status, 400);
    const { error } = (await tooLong.json()) as { error: { code: string; param: string } };
    assert.deepEqual([error.code, error.param], ["context_length_exceeded", "documents"]);
    const fields = await ask({ rank_fields: ["title"] });
    assert.match(await fields.text(), /rank_fields/);
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
});
