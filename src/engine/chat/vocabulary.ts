import type { GgufMetadataTokenizer } from "node-llama-cpp";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { TOKEN_TYPE, type Vocabulary } from "../tokenizer/detokenizer.ts";
import { HARMONY_ENDS } from "./harmony.ts";

/** A chat model's vocabulary, as it stands inside a GGUF file. */
export interface ChatVocabulary extends Vocabulary {
  /** The token that opens every text, where the model has one. */
  readonly bos: number | undefined;
  /** Whether a prompt must begin with `bos`. */
  readonly addBos: boolean;
  readonly bosText: string;
  readonly eosText: string;
  /** The tokens after which the model has no more to say. */
  readonly ends: ReadonlySet<number>;
}

/** By `tokenizer.ggml.model`. Gemma 4 merges as byte-level BPE does, but its pieces are written as sentencepiece's. */
const KINDS: ReadonlyMap<string, ChatVocabulary["kind"]> = new Map([
  ["gpt2", "gpt2"],
  ["llama", "llama"],
  ["gemma4", "llama"],
]);

/** End-of-turn tokens of well-known model families, for files that do not mark theirs. */
const END_OF_TURN = new Set([
  "<|im_end|>",
  "<|eot_id|>",
  "<|end|>",
  "<end_of_turn>",
  "<turn|>",
  // Gemma 4 waits for the result of its calls in the same turn.
  "<|tool_response>",
]);

/**
 * @param moreEnds ids that the repository's `generation_config.json` ends on.
 * @throws EngineError `unsupported` for a kind of tokenizer that we cannot turn back into text.
 */
export function readVocabulary(
  tokenizer: GgufMetadataTokenizer | undefined,
  moreEnds: readonly number[],
  model: string,
): ChatVocabulary {
  const ggml = tokenizer?.ggml;
  const kind = KINDS.get(ggml?.model ?? "");
  if (ggml === undefined || kind === undefined) {
    throw new EngineError("unsupported", say.tokenizerKind(model, ggml?.model ?? "none", [...KINDS.keys()].join(", ")));
  }
  const { tokens: pieces, token_type: types, bos_token_id: bos, eos_token_id: eos } = ggml;
  return {
    kind,
    pieces,
    types,
    addSpacePrefix: ggml.add_space_prefix ?? ggml.model === "llama",
    bos,
    addBos: ggml.add_bos_token ?? ggml.model === "llama",
    bosText: pieces[bos ?? -1] ?? "",
    eosText: pieces[eos ?? -1] ?? "",
    ends: new Set([...known([eos, ggml.eot_token_id, ggml.eom_token_id]), ...moreEnds, ...endsOfTurn(pieces, types)]),
  };
}

function known(ids: readonly (number | undefined)[]): readonly number[] {
  return ids.filter((id) => id !== undefined);
}

function endsOfTurn(pieces: readonly string[], types: readonly number[]): readonly number[] {
  const isSpecial = (id: number): boolean => types[id] === TOKEN_TYPE.control || types[id] === TOKEN_TYPE.userDefined;
  const harmony = new Set<string>(HARMONY_ENDS);
  // In Harmony `<|end|>` is between two messages of one answer.
  const ends = pieces.some((piece, id) => harmony.has(piece) && isSpecial(id)) ? harmony : END_OF_TURN;
  return pieces.flatMap((piece, id) => (ends.has(piece) && isSpecial(id) ? [id] : []));
}

/** The same with tokens of these names as ordinary text: a control token else has none. */
export function showing(vocabulary: ChatVocabulary, names: readonly string[]): ChatVocabulary {
  const { pieces, types } = vocabulary;
  const ids = names.map((name) => pieces.indexOf(name)).filter((id) => types[id] === TOKEN_TYPE.control);
  if (ids.length === 0) return vocabulary;
  const shown = new Set(ids);
  return { ...vocabulary, types: types.map((type, id) => (shown.has(id) ? TOKEN_TYPE.userDefined : type)) };
}
