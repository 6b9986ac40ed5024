import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { tmpdir } from "node:os";
import { rm, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { event, sendJson, startEvents } from "./fakes/openai.ts";
import { startFakeHub } from "./fakes/hub.ts";
import { type Fronted, post, startFronted } from "./fronted.ts";
import { startOmniport, type TestServer } from "./omniport.ts";
import { type RawResponse, send, sendBytes } from "./raw-http.ts";

interface ErrorBody {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** Browsers in Taiwan send this. */
const TAIWAN = "zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7";

function errorOf({ text }: RawResponse): ErrorBody {
  return (JSON.parse(text) as { error: ErrorBody }).error;
}

let fronted: Fronted;
let guarded: TestServer;

before(async () => {
  fronted = await startFronted({ yaml: "aliases: { pair: [openai/one, openai/two] }" });
  guarded = await startOmniport({ OMNIPORT_API_KEY: "the-key" }, "server: { cors_origins: [https://my.example] }");
});

after(async () => {
  await fronted[Symbol.asyncDispose]();
  await guarded.close();
});

interface Refused {
  readonly status: number;
  readonly code: string | null;
  readonly says: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: object | string | Uint8Array;
  /** Whether the server asks for a key. */
  readonly guarded?: boolean;
}

const messages = [{ role: "user", content: "hi" }];
const model = "openai/gpt-4o";

const refused: Readonly<Record<string, Refused>> = {
  "no model": { body: {}, status: 400, code: "missing_required_parameter", says: "缺少必要的參數「model」。" },
  "messages of another type": {
    body: { model, messages: "hi" },
    status: 400,
    code: "invalid_type",
    says: "「messages」的型別不正確：應為訊息的陣列，收到的卻是字串。",
  },
  "an unknown role": {
    body: { model, messages: [{ role: "boss", content: "hi" }] },
    status: 400,
    code: "invalid_value",
    says: "「messages[0].role」的值「boss」不正確。可用的值：「developer」、「system」、「user」、「assistant」、「tool」、「function」。",
  },
  "a role that is no text": {
    body: { model, messages: [{ role: 1, content: "hi" }] },
    status: 400,
    code: "invalid_type",
    says: "「messages[0].role」的型別不正確：應為「developer」、「system」、「user」、「assistant」、「tool」、「function」其中之一，收到的卻是整數。",
  },
  "no messages in the list": {
    body: { model, messages: [] },
    status: 400,
    code: "empty_array",
    says: "「messages」是空陣列：至少需要一則訊息。",
  },
  "a temperature that is too high": {
    body: { model, messages, temperature: 2.5 },
    status: 400,
    code: "decimal_above_max_value",
    says: "「temperature」的數值過大：應 <= 2，收到的是 2.5。",
  },
  "an n that is too low": {
    body: { model, messages, n: 0 },
    status: 400,
    code: "integer_below_min_value",
    says: "「n」的整數過小：應 >= 1，收到的是 0。",
  },
  "stream_options without a stream": {
    body: { model, messages, stream_options: {} },
    status: 400,
    code: null,
    says: "只有啟用「stream」時，才能使用參數「stream_options」。",
  },
  "too many fallbacks": {
    body: { model, messages },
    headers: { "x-omniport-fallbacks": "a,b,c,d,e,f,g,h,i" },
    status: 400,
    code: "array_above_max_length",
    says: "「x-omniport-fallbacks」有 9 個模型：最多可指定 8 個。",
  },
  "an empty input": {
    path: "/v1/embeddings",
    body: { model, input: [] },
    status: 400,
    code: "empty_array",
    says: "「input」是空陣列：應為字串、字串陣列、token id 陣列，或由 token id 陣列組成的陣列。",
  },
  "an empty query": {
    path: "/v1/rerank",
    body: { model, query: "", documents: ["a"] },
    status: 400,
    code: "empty_string",
    says: "「query」是空字串：應有一些文字。",
  },
  "no JSON": {
    body: "{",
    status: 400,
    code: "invalid_json",
    says: "請求主體不是有效的 JSON：第 1 行第 2 欄有誤",
  },
  "an array for a body": { body: [], status: 400, code: "invalid_json", says: "請求主體必須是 JSON 物件。" },
  "an empty body": { body: "", status: 400, code: "invalid_json", says: "請求主體是空的：請傳送 JSON 物件。" },
  "bytes that are no UTF-8": {
    body: Uint8Array.of(0x22, 0xff, 0x22),
    status: 400,
    code: "invalid_json",
    says: "請求主體不是有效的 UTF-8。",
  },
  "another content type": {
    body: "hi",
    headers: { "content-type": "text/plain" },
    status: 415,
    code: "unsupported_media_type",
    says: "不支援內容類型「text/plain」：請使用「application/json」。",
  },
  "a packed body": {
    body: {},
    headers: { "content-encoding": "gzip" },
    status: 415,
    code: "unsupported_media_type",
    says: "不支援內容編碼「gzip」：請不要壓縮請求主體。",
  },
  "an unknown URL": {
    path: "/v1/strange",
    body: {},
    status: 404,
    code: "unknown_url",
    says: "沒有這個網址：POST /strange。可用的網址請參考文件。",
  },
  "another method": {
    path: "/v1/chat/completions",
    method: "DELETE",
    status: 405,
    code: "method_not_allowed",
    says: "/chat/completions 不接受 DELETE。可用的方法：POST。",
  },
  "an unknown model": {
    body: { model: "opnai/gpt-4o", messages },
    status: 404,
    code: "model_not_found",
    says: "沒有「opnai/gpt-4o」這個模型。您是指「openai/gpt-4o」嗎？",
  },
  "a parameter that the provider has no equal of": {
    body: { model: "openai/o3", messages, stop: ["x"] },
    status: 400,
    code: "unsupported_parameter",
    says: "不支援參數「stop」：這個模型不接受，請省略它，並自行截斷回答。",
  },
  "a provider without a key": {
    body: { model: "claude/claude-sonnet-4-5", messages },
    status: 401,
    code: "missing_api_key",
    says: "沒有 Anthropic 的金鑰：請在環境變數或 .env 設定 ANTHROPIC_API_KEY，然後重新啟動。",
  },
  "a model that is not on this machine": {
    path: "/v1/models/unload",
    body: { model },
    status: 400,
    code: "not_a_local_model",
    says: "「openai/gpt-4o」不是這台機器上的模型：",
  },
  "a host that may lead anywhere": {
    body: {},
    headers: { host: "evil.example" },
    status: 403,
    code: "host_not_allowed",
    says: "不接受主機名稱「evil.example」：",
  },
  "a page of another origin": {
    guarded: true,
    headers: { origin: "https://evil.example" },
    status: 403,
    code: "origin_not_allowed",
    says: "來自「https://evil.example」的網頁不能呼叫這個伺服器：",
  },
  "no key": { guarded: true, status: 401, code: "invalid_api_key", says: "沒有 API 金鑰：" },
  "a wrong key": {
    guarded: true,
    headers: { authorization: "Bearer another" },
    status: 401,
    code: "invalid_api_key",
    says: "API 金鑰不正確：它不在 OMNIPORT_API_KEY 之中。",
  },
};

function ask(refused: Refused, language: string | undefined): Promise<RawResponse> {
  const { path = "/v1/chat/completions", method = "POST", headers = {}, body, guarded: isGuarded } = refused;
  const isText = body === undefined || typeof body === "string" || body instanceof Uint8Array;
  return send(isGuarded ? guarded.url : fronted.server.url, {
    method,
    path,
    headers: {
      "content-type": "application/json",
      ...headers,
      ...(language === undefined ? {} : { "accept-language": language }),
    },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
  });
}

describe("an error of our own in Traditional Chinese", () => {
  for (const [name, one] of Object.entries(refused)) {
    test(name, async () => {
      const [english, chinese] = [await ask(one, undefined), await ask(one, TAIWAN)];
      const { message, ...rest } = errorOf(chinese);
      assert.ok(message.startsWith(one.says), message);
      assert.deepEqual([chinese.status, rest.code], [one.status, one.code]);
      assert.equal(chinese.headers["content-language"], "zh-TW");
      assert.match(String(chinese.headers["vary"]), /Accept-Language/);

      const { message: inEnglish, ...same } = errorOf(english);
      assert.deepEqual([english.status, same], [chinese.status, rest]);
      assert.match(inEnglish, /^[\x20-\x7e…]+$/);
      assert.equal(english.headers["content-language"], "en");
    });
  }
});

test("the language with the best quality counts, and English where none is spoken here", async () => {
  const languages = {
    "zh-Hant-HK": "zh-TW",
    zh: "zh-TW",
    "en;q=0.5, ZH-tw;q=0.8": "zh-TW",
    "fr, zh;q=0.2": "zh-TW",
    "zh-TW;q=0.5, en": "en",
    "zh-TW;q=0": "en",
    "en, zh-TW": "en",
    "de-DE": "en",
    "*": "en",
    "zhx, ;;q=x, ,": "en",
  };
  for (const [asked, expected] of Object.entries(languages)) {
    const { headers } = await ask({ body: {}, status: 400, code: null, says: "" }, asked);
    assert.equal(headers["content-language"], expected, asked);
  }
});

test("bytes that are no HTTP are refused in the language that stands among them, and so is a tunnel", async () => {
  const language = `Accept-Language: ${TAIWAN}\r\n`;
  const refused = {
    [`GET /v1/models HTTP/1.1\r\nHost: x\r\n${language}no header\r\n\r\n`]: "這個請求不是有效的 HTTP。",
    [`GET /v1/models HTTP/1.1\r\nHost: x\r\n${language}Cookie: ${"x".repeat(20_000)}\r\n\r\n`]:
      "標頭過大：最多接受 16 KiB。",
    [`CONNECT a.example:443 HTTP/1.1\r\nHost: x\r\n${language}\r\n`]:
      "不能以 CONNECT 連到 a.example:443：這個伺服器不是代理伺服器。",
    "no HTTP\r\n\r\n": "The request is not valid HTTP.",
  };
  for (const [bytes, message] of Object.entries(refused)) {
    const response = await sendBytes(fronted.server.url, bytes);
    assert.equal(errorOf(response).message, message);
    assert.equal(response.headers["content-language"], bytes.includes(TAIWAN) ? "zh-TW" : "en");
  }
});

test("a provider's own words stay as they are, in whatever language", async () => {
  const error = { message: "The weather is bad today.", type: "invalid_request_error", param: "x", code: "weather" };
  await using own = await startFronted({ answer: (_, response) => sendJson(response, { error }, 400) });
  const response = await post(`${own.server.api}/chat/completions`, JSON.stringify({ model, messages }), {
    headers: { "content-type": "application/json", "accept-language": TAIWAN },
  });
  assert.deepEqual(await response.json(), { error });
  assert.equal(response.headers.get("content-language"), null);
});

test("a provider that cannot be reached, and one whose stream breaks, are told in the client's language", async () => {
  await using own = await startFronted({
    yaml: "retries: 0",
    answer: (_, response) => {
      startEvents(response).write(event({ choices: [{ index: 0, delta: { content: "Hel" }, finish_reason: null }] }));
      setImmediate(() => response.destroy());
    },
  });
  const call = (): Promise<Response> =>
    post(`${own.server.api}/chat/completions`, JSON.stringify({ model, messages, stream: true }), {
      headers: { "content-type": "application/json", "accept-language": TAIWAN },
    });
  const last = (await (await call()).text()).trim().split("\n\n").at(-1) ?? "";
  assert.match(last, /^data: \{"error":\{"message":"127\.0\.0\.1:\d+ 的回答尚未完整就中斷了。","type":"api_error"/);

  await own.provider.close();
  const { error } = (await (await call()).json()) as { error: ErrorBody };
  assert.match(error.message, /^無法連到 127\.0\.0\.1:\d+（ECONNREFUSED）。$/);
});

test("what the engine process cannot do is told in the client's language, with all details", async () => {
  const folder = await mkdtemp(join(tmpdir(), "omniport-language-"));
  const hub = await startFakeHub(folder);
  const server = await startOmniport({ HF_ENDPOINT: hub.url, HF_HOME: join(folder, "huggingface") });
  const told = async (path: string, body: object, language: string): Promise<ErrorBody> => {
    const headers = { "content-type": "application/json", "accept-language": language };
    const response = await post(server.api + path, JSON.stringify(body), { headers });
    return ((await response.json()) as { error: ErrorBody }).error;
  };
  try {
    const name = "huggingface/nobody/nothing";
    for (const [path, body] of [
      ["/chat/completions", { model: name, messages }],
      ["/models/load", { model: name }],
    ] as const) {
      const [english, chinese] = [await told(path, body, "en"), await told(path, body, "zh-TW")];
      assert.equal(
        english.message,
        `There is no model 'nobody/nothing' at ${hub.url}: its name is written differently, or it is private and needs HF_TOKEN.`,
      );
      assert.equal(
        chinese.message,
        `${hub.url} 沒有「nobody/nothing」這個模型：名稱可能有誤，或它是私有的，需要 HF_TOKEN。`,
      );
      assert.deepEqual({ ...chinese, message: "" }, { ...english, message: "" });
    }
    const own = await told("/chat/completions", { model: name, messages, top_logprobs: 1 }, "zh-TW");
    assert.equal(own.message, "只有啟用「logprobs」時，才能使用參數「top_logprobs」。");
  } finally {
    await server.close();
    await hub.close();
    await rm(folder, { recursive: true });
  }
});
