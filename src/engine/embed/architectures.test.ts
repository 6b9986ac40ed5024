import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import type { Snapshot } from "../model.ts";
import { findArchitecture } from "./architectures.ts";
import { loadEncoder, type Encoder } from "./encoder.ts";
import { cosine, family, type FamilyOracle, reconfigured } from "./fixtures/tiny.ts";

const folder = await mkdtemp(join(tmpdir(), "omniport-families-"));
after(() => rm(folder, { recursive: true }));
let copies = 0;

const ENCODERS = [
  ...(["distilbert", "mpnet", "nomic-bert", "modernbert"] as const),
  ...(["albert", "deberta", "t5", "nomic-bert-moe", "gte", "gte-ntk", "jina-bert", "jina-bert-code"] as const),
];

for (const name of ENCODERS) {
  test(`${name}: a batch of texts of all lengths gets the vectors of sentence-transformers`, async (t) => {
    const { snapshot, oracle } = family(name);
    const encoder = await load(t, snapshot);
    assert.equal(encoder.dimensions, oracle[0]?.vector.length);
    await assertVectors(encoder, oracle);
  });
}

test("settings under the names that the hub's files have are the same settings", async (t) => {
  const rope = { rope_type: "default" };
  const changes = [
    {
      name: "nomic-bert",
      left: [
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "layer_norm_eps",
        "rope_parameters",
        "hidden_act",
      ],
      put: {
        n_embd: 32,
        n_layer: 3,
        n_head: 4,
        n_positions: 64,
        layer_norm_epsilon: 1e-12,
        activation_function: "swiglu",
        rotary_emb_base: 1000,
        rotary_emb_fraction: 1.0,
        qkv_proj_bias: false,
      },
    },
    {
      name: "modernbert",
      left: ["layer_types", "rope_parameters"],
      put: { global_attn_every_n_layers: 3, global_rope_theta: 160_000, local_rope_theta: 10_000 },
    },
    {
      name: "modernbert",
      left: ["rope_parameters"],
      put: { rope_parameters: { full_attention: { ...rope, rope_theta: 160_000 } } },
    },
  ] as const;
  for (const { name, left, put } of changes) {
    const { snapshot, oracle } = family(name);
    await assertVectors(await load(t, changed(snapshot, left, put)), oracle);
  }
});

test("a setting that no graph computes is named", async () => {
  const refused = [
    ["nomic-bert-moe", { num_shared_experts: 1 }, /num_shared_experts 1, which is not supported; supported: 0/],
    ["nomic-bert-moe", { moe_normalize_expert_weights: true }, /moe_normalize_expert_weights true/],
    ["nomic-bert", { prenorm: true }, /prenorm true/],
    ["albert", { num_hidden_groups: 2 }, /num_hidden_groups 2/],
    ["deberta", { share_att_key: false }, /share_att_key false.*true/],
    ["deberta", { pos_att_type: ["c2p"] }, /pos_att_type "c2p".*c2p and p2c/],
    ["t5", { feed_forward_proj: "gated-mish" }, /feed_forward_proj "mish"/],
    ["eurobert", { rope_scaling: { rope_type: "yarn" } }, /rope_scaling .*yarn.*null/],
    ["nomic-bert", { rope_parameters: { rope_type: "yarn", rope_theta: 1000 } }, /rope_parameters "yarn"/],
    ["gte", { rope_parameters: null, rope_scaling: { type: "dynamic", factor: 2 } }, /rope_scaling .*dynamic.*ntk/],
    ["gte", { logn_attention_scale: true }, /logn_attention_scale true/],
    ["jina-bert", { feed_forward_type: "original" }, /feed_forward_type "original".*geglu, reglu/],
    ["jina-bert", { position_embedding_type: "absolute" }, /position_embedding_type "absolute".*alibi/],
    ["modernbert", { hidden_activation: "mish" }, /hidden_activation "mish".*gelu/],
    ["distilbert", { activation: "swish" }, /activation "swish"/],
    ["mpnet", { num_attention_heads: "4" }, /num_attention_heads "4"; it must be a positive number/],
  ] as const;
  for (const [name, put, message] of refused) {
    await assert.rejects(loadEncoder(changed(family(name).snapshot, [], put), options()), message);
  }
});

test("rotations that have to be scaled for long texts are not made: those texts are cut where scaling begins", async (t) => {
  const put = { rotary_scaling_factor: 2, max_trained_positions: 10 };
  const encoder = await load(t, changed(family("nomic-bert").snapshot, [], put));
  const [text] = await encoder.tokenize({ inputs: ["a ".repeat(20)] });
  assert.equal(text?.ids.length, 10);
});

async function load(t: TestContext, snapshot: Snapshot): Promise<Encoder> {
  const encoder = await loadEncoder(snapshot, options());
  t.after(() => encoder.dispose());
  return encoder;
}

function options(): { readonly threads: number; readonly cacheDirectory: string } {
  return { threads: 1, cacheDirectory: join(folder, `cache-${copies++}`) };
}

function changed(snapshot: Snapshot, left: readonly string[], put: object): Snapshot {
  return reconfigured(snapshot, join(folder, `copy-${copies++}`), left, put);
}

/** All of them in one batch for each prompt, and then each alone, where nothing is padded. */
async function assertVectors(encoder: Encoder, oracle: readonly FamilyOracle[]): Promise<void> {
  for (const [promptName, entries] of Map.groupBy(oracle, (entry) => entry.promptName)) {
    const inputs = entries.map(({ text }) => text);
    const tokens = await encoder.tokenize({ inputs, ...(promptName !== undefined && { promptName }) });
    const together = await encoder.encode(tokens);
    for (const [index, { text, vector }] of entries.entries()) {
      const [alone] = await encoder.encode(tokens.slice(index, index + 1));
      assertSame(together[index] ?? [], vector, `${promptName} ${text}`);
      assertSame(alone ?? [], vector, `${promptName} ${text} alone`);
    }
  }
}

function assertSame(found: Iterable<number>, vector: readonly number[], what: string): void {
  assert.ok(cosine(found, vector) >= 0.99999, `${what}: ${cosine(found, vector)}`);
  const ratio = Math.hypot(...found) / Math.hypot(...vector);
  assert.ok(Math.abs(ratio - 1) <= 1e-4, `${what}: ${ratio} times as long`);
}

test("MPNet counts positions from 1 on, whichever token its padding is", () => {
  const { positions, maxTokens } = findArchitecture({ architectures: ["MPNetModel"] }, "a/b");
  assert.deepEqual(positions(Int32Array.of(5, 1, 7), 0), Int32Array.of(2, 1, 3));
  assert.equal(maxTokens({ max_position_embeddings: 514 }, 0), 512);
});
