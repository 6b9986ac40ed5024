import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { diskFull, HUB_CACHE, isDiskFull, OWN_CACHE, requireSpace } from "./disk.ts";

test("what is wanting, the folder, and the variable that moves it are told", async () => {
  await assert.rejects(requireSpace(HUB_CACHE, tmpdir(), 2 ** 60), (error: Error & { code?: string }) => {
    assert.equal(error.code, "disk_full");
    assert.ok(error.message.includes(`The disk of ${tmpdir()} is too full`), error.message);
    assert.match(error.message, /\d+ bytes .* \d+ .* are free.*set HF_HOME/);
    return true;
  });
  await assert.rejects(requireSpace(OWN_CACHE, tmpdir(), 2 ** 60), /set (?:XDG_CACHE_HOME|LOCALAPPDATA) to a folder/);
  await requireSpace(HUB_CACHE, tmpdir(), 0);
});

test("a write that failed for want of room or quota is told from others", () => {
  const failed = (code: string): Error => Object.assign(new Error("write"), { code });
  assert.deepEqual(
    ["ENOSPC", "EDQUOT", "EFBIG", "EACCES"].map((code) => isDiskFull(failed(code))),
    [true, true, true, false],
  );
});

test("a disk that takes no file so large is not told to be full", async () => {
  const cause = Object.assign(new Error("write"), { code: "EFBIG" });
  const { code, message } = await diskFull(HUB_CACHE, tmpdir(), 5e9, cause);
  assert.equal(code, "disk_full");
  assert.match(message, /takes no file so large.*Set HF_HOME/);
});
