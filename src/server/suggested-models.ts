import type { SuggestedModel } from "../api/admin.ts";

const MB = 1e6;
const GB = 1e9;

/**
 * Local models worth a download, the smallest of a kind first. Sizes are those of the files on the hub; the memory of a
 * chat model is its file, the cache of a conversation of 8192 tokens, and some room to compute in.
 */
export const SUGGESTED_MODELS: readonly SuggestedModel[] = [
  chat("local/tiny", "SmolLM2 135M", 98 * MB, 0.4 * GB, "Apache-2.0"),
  chat("huggingface/Qwen/Qwen3-0.6B-GGUF:Q8_0", "Qwen3 0.6B", 639 * MB, 1.8 * GB, "Apache-2.0"),
  chat("huggingface/Qwen/Qwen3-1.7B-GGUF:Q8_0", "Qwen3 1.7B", 1.83 * GB, 3.1 * GB, "Apache-2.0"),
  chat("huggingface/Qwen/Qwen3-4B-GGUF:Q4_K_M", "Qwen3 4B", 2.5 * GB, 4 * GB, "Apache-2.0"),
  chat("huggingface/unsloth/Phi-4-mini-instruct-GGUF:Q4_K_M", "Phi-4 mini 3.8B", 2.49 * GB, 3.9 * GB, "MIT"),
  chat("huggingface/Qwen/Qwen3-8B-GGUF:Q4_K_M", "Qwen3 8B", 5.03 * GB, 6.7 * GB, "Apache-2.0"),
  embedding("local/embed", "all-MiniLM-L6-v2", 91 * MB, 0.4 * GB, "Apache-2.0"),
  embedding("huggingface/BAAI/bge-small-zh-v1.5", "BGE small, Chinese", 96 * MB, 0.4 * GB, "MIT"),
  embedding("huggingface/BAAI/bge-small-en-v1.5", "BGE small, English", 133 * MB, 0.4 * GB, "MIT"),
  embedding("huggingface/intfloat/multilingual-e5-small", "E5 small, 100 languages", 471 * MB, 0.9 * GB, "MIT"),
  embedding("huggingface/Qwen/Qwen3-Embedding-0.6B", "Qwen3 Embedding 0.6B", 1.19 * GB, 2 * GB, "Apache-2.0"),
  rerank("huggingface/cross-encoder/ms-marco-MiniLM-L6-v2", "MS MARCO MiniLM", 91 * MB, 0.4 * GB, "Apache-2.0"),
  rerank("huggingface/BAAI/bge-reranker-v2-m3", "BGE reranker, 100 languages", 2.27 * GB, 2.8 * GB, "Apache-2.0"),
];

type Entry = readonly [id: string, title: string, bytes: number, memoryBytes: number, licence: string];

function chat(...entry: Entry): SuggestedModel {
  return suggested("chat", entry);
}

function embedding(...entry: Entry): SuggestedModel {
  return suggested("embedding", entry);
}

function rerank(...entry: Entry): SuggestedModel {
  return suggested("rerank", entry);
}

function suggested(
  purpose: SuggestedModel["purpose"],
  [id, title, bytes, memory_bytes, licence]: Entry,
): SuggestedModel {
  return { id, title, purpose, bytes, memory_bytes, licence };
}
