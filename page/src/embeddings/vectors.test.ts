import assert from "node:assert/strict";
import { test } from "node:test";
import { cosines, project } from "./vectors.ts";

const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

test("cosines: 1 with itself and with what points the same way, 0 at right angles, 0 for nothing", () => {
  assert.deepEqual(
    cosines([
      [3, 0],
      [5, 0],
      [0, 2],
      [0, 0],
    ]),
    [
      [1, 1, 0, 0],
      [1, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 0],
    ],
  );
});

test("vectors that lie in a plane keep all their distances on the map", () => {
  const plane: readonly (readonly [number, number])[] = [
    [0, 0],
    [4, 0],
    [4, 1],
    [0, 1],
    [7, 3],
  ];
  // The plane within ten dimensions: two directions at right angles, of length 1.
  const vectors = plane.map(([x, y]) => Array.from({ length: 10 }, (_, at) => (at === 2 ? x : at === 7 ? y : 5)));
  const { points, explained } = project(vectors);
  near(explained, 1);
  for (const [one, [ax, ay]] of plane.entries()) {
    for (const [other, [bx, by]] of plane.entries()) {
      const [px, py] = points[one] ?? [0, 0];
      const [qx, qy] = points[other] ?? [0, 0];
      near(Math.hypot(px - qx, py - qy), Math.hypot(ax - bx, ay - by));
    }
  }
});

test("the first direction is the one in which vectors differ most; what the map cannot show is said", () => {
  const vectors = [
    [10, 0, 0, 0],
    [-10, 0, 0, 0],
    [0, 3, 0, 0],
    [0, -3, 0, 0],
    [0, 0, 1, 0],
    [0, 0, -1, 0],
  ];
  const { points, explained } = project(vectors);
  near(Math.abs(points[0]?.[0] ?? 0), 10);
  near(Math.abs(points[2]?.[1] ?? 0), 3);
  near(explained, (200 + 18) / (200 + 18 + 2));
});

test("one vector, equal vectors and none are points in the middle", () => {
  assert.deepEqual(project([]), { points: [], explained: 0 });
  for (const vectors of [
    [[1, 2]],
    [
      [1, 2],
      [1, 2],
    ],
  ]) {
    const { points, explained } = project(vectors);
    assert.equal(explained, 0);
    for (const [x, y] of points) assert.equal(Math.hypot(x, y), 0);
  }
});
