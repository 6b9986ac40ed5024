import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "./errors.ts";
import { formatReference, parseReference } from "./reference.ts";

test("a repository, with and without revision and quantisation", () => {
  assert.deepEqual(parseReference("Qwen/Qwen3-0.6B-GGUF"), {
    kind: "repo",
    repo: "Qwen/Qwen3-0.6B-GGUF",
    revision: "main",
  });
  assert.deepEqual(parseReference("a/b@refs/pr/1:Q4_K_M"), {
    kind: "repo",
    repo: "a/b",
    revision: "refs/pr/1",
    quantization: "Q4_K_M",
  });
  assert.deepEqual(parseReference("a/b:f16"), { kind: "repo", repo: "a/b", revision: "main", quantization: "f16" });
});

test("a name without an owner gets the owner that its library would take", () => {
  assert.deepEqual(parseReference("bge-large-zh-v1.5"), {
    kind: "repo",
    repo: "BAAI/bge-large-zh-v1.5",
    revision: "main",
  });
  assert.deepEqual(parseReference("all-MiniLM-L6-v2"), {
    kind: "repo",
    repo: "sentence-transformers/all-MiniLM-L6-v2",
    revision: "main",
  });
});

test("paths of Unix and Windows, with and without quantisation", () => {
  assert.deepEqual(parseReference("./models/my-model"), { kind: "path", path: "./models/my-model" });
  assert.deepEqual(parseReference("/abs/x.gguf"), { kind: "path", path: "/abs/x.gguf" });
  assert.deepEqual(parseReference("C:\\models\\x"), { kind: "path", path: "C:\\models\\x" });
  assert.deepEqual(parseReference("C:/models/x:Q8_0"), { kind: "path", path: "C:/models/x", quantization: "Q8_0" });
});

test("what names no model is refused as a bad request", () => {
  const names = [
    "",
    "a/b/c",
    "a/..",
    "../x",
    "./a/../../etc",
    "/a/..",
    "a/b@",
    "a/b@x/../y",
    "a/b:",
    "a b/c",
    "a/b\n",
    "a\u0000/b",
    "-a/b",
    "a/b--c",
    "https://huggingface.co/a/b",
    `a/${"b".repeat(97)}`,
    "x".repeat(5000),
  ];
  for (const name of names)
    assert.throws(
      () => parseReference(name),
      (error) => error instanceof EngineError && error.code === "bad_request",
      JSON.stringify(name),
    );
});

test("a reference is written back as it was read", () => {
  for (const name of ["a/b", "a/b@v1", "a/b@v1:Q4_0", "./models/x:Q8_0"])
    assert.equal(formatReference(parseReference(name)), name);
});
