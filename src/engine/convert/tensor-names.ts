import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import type { Architecture, Place } from "./architecture.ts";
import type { ModelConfig } from "./model-config.ts";

/** Where a tensor of the repository goes. */
export interface Target {
  /** In the file: `blk.0.attn_q.weight`. */
  readonly name: string;
  /** The number of the expert whose part of the target it is. */
  readonly expert?: number;
  /** Which of the rows of each matrix; all of them without it. */
  readonly part?: RowPart;
  readonly place?: Place;
}

/** Rows stand in groups of equal length, groups in sections of equal length: some sections of each group. */
export interface RowPart {
  readonly groups: number;
  readonly sections: number;
  readonly from: number;
  readonly count: number;
}

/** Parts of the repository's weights that a language model does not have: pictures in, precomputed tables, drafts. */
const LEFT_OUT =
  /(?:^|\.)(?:vision_tower|vision_model|visual|multi_modal_projector|connector|audio_tower|embed_audio|embed_vision|rotary_emb|mtp)\.|\.(?:(?:attn|attention)\.(?:(?:masked_)?bias|causal_mask)|position_ids)$/;
const TOP: Readonly<Record<string, string>> = {
  "embed_tokens.weight": "token_embd.weight",
  "norm.weight": "output_norm.weight",
  "norm.bias": "output_norm.bias",
  "lm_head.weight": "output.weight",
  "lm_head.bias": "output.bias",
};
/** What stands before the names, in models that see as well more than once. */
const PREFIXES = /^(?:(?:language_model|text_model|model|transformer|backbone|gpt_neox)\.)+/;
const LAYER = /^(?:layers|blocks|h)\.(\d+)\.(.+?)(?:\.(weight|bias))?$/;

/**
 * @returns none for tensors that are not needed.
 * @throws EngineError `unsupported` for a tensor that the architecture does not have, for it would change the answers.
 */
export function targets(name: string, architecture: Architecture, config: ModelConfig): readonly Target[] {
  if (LEFT_OUT.test(name)) return [];
  const plain = name.replace(PREFIXES, "");
  const number = /\.(\d+)\./.exec(plain)?.[1];
  const top = architecture.top?.[plain.replace(/\.\d+\./, ".*.")] ?? TOP[plain];
  if (typeof top === "string") return [{ name: top, ...(number !== undefined && { expert: Number(number) }) }];
  if (top !== undefined) return top.map((place) => ({ name: place.name, place }));
  const [, layer, path = "", kind = "weight"] = LAYER.exec(plain) ?? [];
  // Layers behind the last are for guessing ahead.
  if (Number(layer) >= config.num_hidden_layers) return [];
  const expert = /\.experts\.(\d+)\./.exec(path)?.[1];
  const pattern = path.replace(/\.experts\.\d+\./, ".experts.*.");
  const found = architecture.layer[`${pattern}.${kind}`] ?? architecture.layer[pattern];
  if (layer === undefined || found === undefined) throw unknownTensor(name, architecture, config.id);
  if (isPlaces(found)) return found.map((each) => ({ name: `blk.${layer}.${each.name}`, place: each }));
  const place = (short: string): Target => ({
    name: `blk.${layer}.${short.includes(".") ? short : `${short}.${kind}`}`,
  });
  if (typeof found === "string")
    return [expert === undefined ? place(found) : { ...place(found), expert: Number(expert) }];
  const parts = found.length === 2 ? HALVES : headGroups(config);
  return found.map((short, index) => ({ ...place(short), ...(parts[index] && { part: parts[index] }) }));
}

function isPlaces(found: Architecture["layer"][string]): found is readonly Place[] {
  return typeof found[0] === "object";
}

const HALVES: readonly RowPart[] = [0, 1].map((from) => ({ groups: 1, sections: 2, from, count: 1 }));

/** Query, key and value of models that keep them in one matrix: a section is a head. */
function headGroups({ num_attention_heads: heads, num_key_value_heads: groups }: ModelConfig): readonly RowPart[] {
  const queries = heads / groups;
  const sections = queries + 2;
  return [
    { groups, sections, from: 0, count: queries },
    { groups, sections, from: queries, count: 1 },
    { groups, sections, from: queries + 1, count: 1 },
  ];
}

function unknownTensor(name: string, architecture: Architecture, model: string): EngineError {
  return new EngineError("unsupported", say.tensorUnknown(model, name, architecture.name));
}
