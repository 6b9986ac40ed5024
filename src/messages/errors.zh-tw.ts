import type { ErrorMessages, Expectation, Expected, Found, Step } from "./errors.en.ts";

/** Traditional Chinese as used in Taiwan. */
export const chinese: ErrorMessages = {
  // The request
  missingParameter: (path) => `缺少必要的參數「${path}」。`,
  wrongType: (path, expected, found) => `「${path}」的型別不正確：應為${nameOf(expected)}，收到的卻是${FOUND[found]}。`,
  wrongValue: (path, value, supported) => `「${path}」的值「${value}」不正確。可用的值：${quoted(supported)}。`,
  outOfRange: (path, kind, value, bound) => {
    const [side, sign] = value < bound ? ["過小", ">="] : ["過大", "<="];
    return `「${path}」的${kind === "integer" ? "整數" : "數值"}${side}：應 ${sign} ${bound}，收到的是 ${value}。`;
  },
  unsupportedParameter: (path, why) => `不支援參數「${path}」：${why["zh-TW"]}`,
  streamOptions: "只有啟用「stream」時，才能使用參數「stream_options」。",
  emptyMessages: "「messages」是空陣列：至少需要一則訊息。",
  emptyArray: (path, expected) => `「${path}」是空陣列：應為${EXPECTATIONS[expected]}。`,
  emptyText: (path) => `「${path}」是空字串：應有一些文字。`,
  tooManyEntries: (path, count, max) => `「${path}」是 ${count} 個項目的陣列：一次呼叫最多 ${max} 個。`,
  tooManyModels: (path, count, max) => `「${path}」有 ${count} 個模型：最多可指定 ${max} 個。`,
  tooManyAnswers: (max) => `「n」過大：這個供應商最多提供 ${max} 個回答。`,
  modelNameTooLong: (max) => `「model」過長：名稱最多 ${max} 個字元。`,
  modelNameMalformed: "「model」不正確：名稱中有不成對的代理字元（surrogate）。",
  topLogprobs: "只有啟用「logprobs」時，才能使用參數「top_logprobs」。",

  // The body
  bodyNotUtf8: "請求主體不是有效的 UTF-8。",
  bodyEmpty: "請求主體是空的：請傳送 JSON 物件。",
  bodyNoJson: (reason) => `請求主體不是有效的 JSON：${jsonFault(reason)}`,
  bodyNoObject: "請求主體必須是 JSON 物件。",
  bodyTooDeep: (levels) => `請求主體的巢狀結構超過 ${levels} 層。`,
  bodyTooLarge: (megabytes) => `請求主體過大：最多接受 ${megabytes} MiB。`,
  contentType: (type) => `不支援內容類型「${type}」：請使用「application/json」。`,
  charset: (charset) => `不支援字元集「${charset}」：請使用「utf-8」。`,
  contentEncoding: (encoding) => `不支援內容編碼「${encoding}」：請不要壓縮請求主體。`,

  // The way to the route
  notHttp: "這個請求不是有效的 HTTP。",
  noProxy: (url) => `不能以 CONNECT 連到 ${url}：這個伺服器不是代理伺服器。`,
  headersTooLarge: "標頭過大：最多接受 16 KiB。",
  requestTooSlow: "請求未在時限內送達。",
  hostMissing: "缺少「Host」標頭。",
  hostNotAllowed: (host) =>
    `不接受主機名稱「${host}」：請以位址呼叫伺服器，或將這個名稱加入 omniport.yaml 的 server.allowed_hosts。`,
  originNotAllowed: (origin) =>
    `來自「${origin}」的網頁不能呼叫這個伺服器：請將這個來源加入 omniport.yaml 的 server.cors_origins。`,
  clientKeyMissing: "沒有 API 金鑰：請以「Authorization: Bearer <金鑰>」傳送。",
  clientKeyWrong: "API 金鑰不正確：它不在 OMNIPORT_API_KEY 之中。",
  urlMalformed: (path) => `網址不正確：「${path}」中有「%」，後面不是兩個十六進位數字。`,
  urlUnknown: (method, path) => `沒有這個網址：${method} ${path}。可用的網址請參考文件。`,
  methodNotAllowed: (method, path, allowed) => `${path} 不接受 ${method}。可用的方法：${allowed}。`,
  stopping: "伺服器正在停止。",
  unexpected: "伺服器處理請求時發生錯誤。",

  // The page, and those who run the server
  adminOff:
    "/admin 已關閉，因為其他機器可以連到這個伺服器，而且不需要金鑰：請設定 OMNIPORT_API_KEY 或 HOST=127.0.0.1，然後重新啟動。",
  pageOff:
    "網頁已關閉，因為其他機器可以連到這個伺服器，而且不需要金鑰：請設定 OMNIPORT_API_KEY 或 HOST=127.0.0.1，然後重新啟動。",
  otherPage: (origin) => `/admin 只供這個伺服器自己的網頁與程式使用，不供來自${origin ?? "其他來源"}的網頁使用。`,
  pageHeaderMissing: "請從這個伺服器自己的網頁傳送標頭「x-omniport-page: 1」。",
  pageFileUnknown: (name) => `網頁沒有「${name}」這個檔案。`,
  trafficOff: "沒有記錄呼叫：TRAFFIC 已關閉。請設定 TRAFFIC=on，然後重新啟動。",
  trafficUnreadable: "目前無法讀取呼叫的紀錄；原因請見伺服器的記錄檔。",
  callUnknown: (requestId) => `沒有呼叫「${requestId}」的紀錄：可能已過了保存期限。`,
  noWholeNumber: (name, value, max) => `「${name}」的值「${value}」不正確：應為 1 到 ${max} 的整數。`,

  // Models
  modelNotFound: (model, nearest) =>
    nearest.length > 0
      ? `沒有「${model}」這個模型。您是指${quoted(nearest)}嗎？`
      : `沒有「${model}」這個模型。名稱的形式如「openai/gpt-4o」或「local/chat」；GET /v1/models 會列出已知的模型。`,
  notStored: (model) =>
    `「${model}」不是這台機器上的模型：只有「huggingface/…」與「local/…」的模型可以下載、卸載與移除。`,
  severalModels: (model) => `「${model}」代表多個模型：請指定其中一個。`,
  noEmbeddings: (provider, model) => `${provider} 不提供嵌入，因此「${model}」無法產生嵌入。`,
  noReranking: (provider, model) =>
    `${provider} 不提供重新排序，因此「${model}」無法排序文件。這台機器上的 cross-encoder（例如「huggingface/BAAI/bge-reranker-v2-m3」）可以，vLLM、Text Embeddings Inference、Jina 或 Cohere 上的重新排序模型也可以。`,
  providerKeyMissing: (provider, variables) =>
    `沒有 ${provider} 的金鑰：請在環境變數或 .env 設定 ${variables.join(" 或 ")}，然後重新啟動。`,
  providerAddressMissing: (provider, variables) =>
    `沒有 ${provider} 的位址：請在環境變數或 .env 設定 ${variables.join(" 或 ")}，然後重新啟動。`,
  tooBusy: (what) =>
    `同時進行的呼叫過多：${what === "this server" ? "這個伺服器" : `「${what}」`}暫時不再接受呼叫。請稍後再試。`,
  nobodyToAsk: "已經沒有可以詢問的模型。",
  stillLimited: (model, seconds) => `「${model}」的供應商在 ${seconds} 秒內不再接受呼叫：已達速率限制。`,

  // Providers
  unreachable: (host, code) => `無法連到 ${host}${code === undefined ? "" : `（${code}）`}。`,
  proxyRefused: (host, status) =>
    `代理伺服器拒絕連到 ${host}（狀態碼 ${status}）。請檢查 HTTPS_PROXY 與 HTTP_PROXY，包括使用者名稱與密碼，或將這個主機列入 NO_PROXY。`,
  untrusted: (host, code) =>
    `${host} 的憑證不受信任（${code}）。如果憑證無誤，請在環境變數（不是 .env）將 NODE_EXTRA_CA_CERTS 設為含有其憑證授權單位憑證的 PEM 檔，然後重新啟動。`,
  redirected: (host, status, target) =>
    `${host} 重新導向${target === undefined ? "" : `到 ${target}`}（狀態碼 ${status}）；由於金鑰也會送到那裡，因此不會跟隨。如果這個位址無誤，請將它設為供應商的位址。`,
  timeout: (host, step) => `${host} 未在時限內${STEPS[step]}。`,
  broke: (host) => `${host} 的回答尚未完整就中斷了。`,
  brokeOff: (reason) => `供應商中斷了回答：${reason}。`,
  unreadable: (host) => `${host} 的回答無法解讀。`,
  answeredWithStatus: (provider, status) => `${provider} 回應了狀態碼 ${status}。`,
  answerTooLong: (bytes) => `供應商的回答超過 ${bytes} 位元組。`,
  lineTooLong: (characters) => `供應商傳來超過 ${characters} 個字元的一行。`,
  eventTooLong: (characters) => `供應商傳來超過 ${characters} 個字元的事件。`,
  diverged: "第二個回答與第一個不同。",
  formatViolated: (problem) => `模型的回答不符合「response_format」：${problem}。請再試一次，或簡化 schema。`,

  // Why a parameter cannot be honoured: what follows its name
  oldForm: (now) => `這是「${now}」的舊形式，請改用「${now}」。`,
  oldRole: "「function」是「tool」的舊形式，請改用「tool」並附上「tool_call_id」。",
  unknownHere: (instead) => `這裡不支援，請改用「${instead}」。`,
  schemaTooRich: (reason) => `這個 schema 超出文法所能表達的範圍。${reason["zh-TW"]}`,

  // Images from the web
  tooManyImages: (max) => `一次呼叫最多可擷取 ${max} 張圖片。`,
  imageUnreachable: (url) => `無法擷取 ${url} 的圖片。`,
  imageRefused: (url, status) => `無法擷取 ${url} 的圖片：狀態碼 ${status}。`,
  imageHostUnknown: (url) => `找不到 ${url} 的主機。`,
  imageHostPrivate: (url) => `${url} 的主機位於私有網路，不會從那裡擷取圖片。`,
  imageTooLarge: (url, megabytes) => `${url} 的圖片超過 ${megabytes} MiB。`,
  imageUnknown: (url) => `${url} 的內容不是 JPEG、PNG、GIF 或 WebP 圖片。`,
  imageAddress: (url) => `「${url}」不是 http 或 https 位址。`,

  // Models on this machine
  engineStopped: "本機模型的引擎在呼叫途中停止了。請再試一次：引擎會重新啟動。",
  engineRests: (seconds) => `本機模型的引擎多次當機，將暫停 ${seconds} 秒；原因請見其記錄檔。`,
};

const EXPECTATIONS: Readonly<Record<Expectation, string>> = {
  "a string": "字串",
  "a boolean": "布林值",
  "a number": "數字",
  "an integer": "整數",
  "an object": "物件",
  "some text": "一些文字",
  "a string or an object": "字串或物件",
  "a string or an array of strings": "字串或字串陣列",
  "a string or an array of content parts": "字串或內容片段的陣列",
  "a string of JSON": "JSON 字串",
  "a string, as the entries before it": "字串，與前面的項目相同",
  "a string, or an object with a 'text'": "字串，或有「text」的物件",
  "a string, an array of strings, an array of token ids, or an array of those":
    "字串、字串陣列、token id 陣列，或由 token id 陣列組成的陣列",
  "a non-empty array of token ids": "非空的 token id 陣列",
  "an array of messages": "訊息的陣列",
  "an array of tools": "工具的陣列",
  "an array of tool calls": "工具呼叫的陣列",
  "an array of strings, or of objects with a 'text'": "字串的陣列，或有「text」的物件的陣列",
  "an array of names of models": "模型名稱的陣列",
  "an object with a 'url'": "有「url」的物件",
  "an object with a 'name'": "有「name」的物件",
  "an object with a 'name' and a 'schema'": "有「name」與「schema」的物件",
  "the name of a model": "模型名稱",
};

const FOUND: Readonly<Record<Found, string>> = {
  null: " null",
  "an array": "陣列",
  "an integer": "整數",
  "a decimal number": "小數",
  "an object": "物件",
  "a string": "字串",
  "a boolean": "布林值",
  "a undefined": "未定義的值",
};

const STEPS: Readonly<Record<Step, string>> = {
  "accept a connection": "接受連線",
  answer: "回應",
  "send its first token": "送出第一個 token",
  "go on with its answer": "繼續回答",
  "end its answer": "完成回答",
};

/**
 * What V8's `JSON.parse` says, as far as it is known.
 * Source: https://source.chromium.org/chromium/chromium/src/+/main:v8/src/common/message-template.h (`kJsonParse…`)
 */
function jsonFault(reason: string): string {
  const place = /at position \d+ \(line (\d+) column (\d+)\)/.exec(reason);
  const token = /^Unexpected token '(.+?)', .* is not valid JSON$/su.exec(reason);
  if (place) return `第 ${place[1]} 行第 ${place[2]} 欄有誤（${reason}）。`;
  if (token) return `有不應出現的「${token[1]}」（${reason}）。`;
  return reason === "Unexpected end of JSON input" ? "內容在結束之前就中斷了。" : reason;
}

function nameOf(expected: Expected): string {
  return typeof expected === "string" ? EXPECTATIONS[expected] : `${quoted(expected)}其中之一`;
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `「${value}」`).join("、");
}
