import { EngineError } from "../errors.ts";
import type { Architecture } from "./architecture.ts";

/** Where a tensor of the repository goes. */
export interface Target {
  /** In the file: `blk.0.attn_q.weight`. */
  readonly name: string;
  /** The number of the expert whose part of the target it is. */
  readonly expert?: number;
  /** Which half of the rows of each matrix; all of them without it. */
  readonly half?: 0 | 1;
}

/** Parts of the repository's weights that a language model does not have: pictures in, precomputed tables, drafts. */
const LEFT_OUT =
  /(?:^|\.)(?:vision_tower|vision_model|multi_modal_projector|rotary_emb|mtp)\.|\.(?:attn\.(?:masked_)?bias|position_ids)$/;
const TOP: Readonly<Record<string, string>> = {
  "embed_tokens.weight": "token_embd.weight",
  "norm.weight": "output_norm.weight",
  "lm_head.weight": "output.weight",
  "lm_head.bias": "output.bias",
};
const LAYER = /^layers\.(\d+)\.(.+?)(?:\.(weight|bias))?$/;

/**
 * @returns none for tensors that are not needed.
 * @throws EngineError `unsupported` for a tensor that the architecture does not have, for it would change the answers.
 */
export function targets(name: string, architecture: Architecture, model: string): readonly Target[] {
  if (LEFT_OUT.test(name)) return [];
  const plain = name.replace(/^(?:(?:language_)?model\.)+/, "");
  const top = TOP[plain];
  if (top !== undefined) return [{ name: top }];
  const [, layer, path = "", kind = "weight"] = LAYER.exec(plain) ?? [];
  const expert = /\.experts\.(\d+)\./.exec(path)?.[1];
  const found = architecture.layer[path.replace(/\.experts\.\d+\./, ".experts.*.")];
  if (layer === undefined || found === undefined) throw unknownTensor(name, architecture, model);
  const place = (short: string): Target => ({ name: `blk.${layer}.${short}.${kind}` });
  if (typeof found !== "string")
    return [
      { ...place(found[0]), half: 0 },
      { ...place(found[1]), half: 1 },
    ];
  return [expert === undefined ? place(found) : { ...place(found), expert: Number(expert) }];
}

function unknownTensor(name: string, architecture: Architecture, model: string): EngineError {
  const message = `${model} has a tensor ${name}, which models of the family ${architecture.name} do not have in llama.cpp: it cannot be converted.`;
  return new EngineError("unsupported", message);
}
