import assert from "node:assert/strict";
import { lstat, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { listFiles, place, readRef, writeRef } from "./cache.ts";

test("where the system refuses symbolic links, the content itself is put in the snapshot", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "omniport-cache-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "blob"), "content");
  const pointer = join(folder, "snapshots", "c", "file.json");
  await place(join(folder, "blob"), pointer, async () => {
    throw Object.assign(new Error("not permitted"), { code: "EPERM" });
  });
  assert.equal((await lstat(pointer)).isSymbolicLink(), false);
  assert.equal(await readFile(pointer, "utf8"), "content");
  assert.deepEqual(await listFiles(join(folder, "snapshots")), [{ path: "c/file.json", size: 7 }]);
});

test("a branch is read back as the commit that was written, also one with slashes; a commit is itself", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "omniport-cache-"));
  t.after(() => rm(folder, { recursive: true }));
  const commit = "0123456789abcdef0123456789abcdef01234567";
  await writeRef(folder, "refs/pr/1", commit);
  assert.equal(await readRef(folder, "refs/pr/1"), commit);
  assert.equal(await readRef(folder, commit), commit);
  assert.equal(await readRef(folder, "main"), undefined);
});
