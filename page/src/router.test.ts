import assert from "node:assert/strict";
import { test } from "node:test";
import { href, routeOf } from "./router.ts";

test("an address names a view and what of it; every part may hold any character", () => {
  assert.deepEqual(routeOf(href("traffic", "req_1/2 %")), { view: "traffic", rest: ["req_1/2 %"] });
  assert.deepEqual(routeOf("#/models"), { view: "models", rest: [] });
});

test("no address, an unknown one and one with a stray % lead to the playground", () => {
  for (const hash of ["", "#", "#/", "#/nowhere/x", "#%E0%A4%A", "#/__proto__"]) {
    assert.deepEqual(routeOf(hash), { view: "playground", rest: [] }, hash);
  }
});
