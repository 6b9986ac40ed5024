import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

const HIDDEN = 2048;
const INTERMEDIATE = 5632;
const KEYS = 256;
const VOCABULARY = 32_000;
/** A bfloat16. */
const BYTES = 2;
const BLOCK_NUMBERS = 1 << 22;

type Shape = readonly [rows: number, columns: number] | readonly [rows: number];

/** A chat model of Llama's kind with random weights in bfloat16, in one file of about so many bytes. */
export function writeRepository(directory: string, bytes: number): void {
  const layers = Math.max(
    1,
    Math.round((bytes / BYTES - 2 * VOCABULARY * HIDDEN) / numbersIn(Object.values(layer(0)))),
  );
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "config.json"), JSON.stringify(config(layers)));
  writeFileSync(join(directory, "tokenizer.json"), JSON.stringify(tokenizer()));
  writeWeights(join(directory, "model.safetensors"), {
    "model.embed_tokens.weight": [VOCABULARY, HIDDEN],
    ...Object.assign({}, ...Array.from({ length: layers }, (_, index) => layer(index))),
    "model.norm.weight": [HIDDEN],
    "lm_head.weight": [VOCABULARY, HIDDEN],
  });
}

function layer(index: number): Readonly<Record<string, Shape>> {
  const shapes: Readonly<Record<string, Shape>> = {
    input_layernorm: [HIDDEN],
    "self_attn.q_proj": [HIDDEN, HIDDEN],
    "self_attn.k_proj": [KEYS, HIDDEN],
    "self_attn.v_proj": [KEYS, HIDDEN],
    "self_attn.o_proj": [HIDDEN, HIDDEN],
    post_attention_layernorm: [HIDDEN],
    "mlp.gate_proj": [INTERMEDIATE, HIDDEN],
    "mlp.up_proj": [INTERMEDIATE, HIDDEN],
    "mlp.down_proj": [HIDDEN, INTERMEDIATE],
  };
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [`model.layers.${index}.${name}.weight`, shape]),
  );
}

function config(num_hidden_layers: number): object {
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    hidden_size: HIDDEN,
    intermediate_size: INTERMEDIATE,
    num_attention_heads: 32,
    num_key_value_heads: 4,
    num_hidden_layers,
    vocab_size: VOCABULARY,
    max_position_embeddings: 2048,
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    torch_dtype: "bfloat16",
  };
}

function tokenizer(): object {
  const vocab = Object.fromEntries(Array.from({ length: VOCABULARY }, (_, id) => [`<${id}>`, id]));
  return { model: { type: "BPE", vocab, merges: [] }, decoder: { type: "ByteLevel" }, added_tokens: [] };
}

/** Source: https://huggingface.co/docs/safetensors: the header's length in 8 bytes, the header in JSON, the tensors. */
function writeWeights(path: string, shapes: Readonly<Record<string, Shape>>): void {
  let end = 0;
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const start = end;
    end += numbersIn([shape]) * BYTES;
    return [name, { dtype: "BF16", shape, data_offsets: [start, end] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(tensors)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));

  const file = openSync(path, "w");
  writeSync(file, Buffer.concat([length, header]));
  const block = randomBlock();
  for (let left = end; left > 0; left -= block.length) writeSync(file, block, 0, Math.min(left, block.length));
  closeSync(file);
}

/** Numbers between -0.1 and 0.1: what they are counts for nothing but the time to round them. */
function randomBlock(): Buffer {
  const floats = Float32Array.from({ length: BLOCK_NUMBERS }, () => (Math.random() - 0.5) / 5);
  const upperHalves = new Uint16Array(floats.buffer).filter((_, at) => at % 2 === 1);
  return Buffer.from(upperHalves.buffer);
}

function numbersIn(shapes: readonly Shape[]): number {
  return shapes.reduce((sum, [rows, columns = 1]) => sum + rows * columns, 0);
}
