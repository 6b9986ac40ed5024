import * as fc from "fast-check";

/*
 * What the fuzz tests (`*.fuzz.test.ts`) have in common. In `npm test` each tries some hundreds of cases, for a second;
 * `npm run test:fuzz` sets FUZZ_RUNS.
 */

const asked = Number(process.env["FUZZ_RUNS"]);

/** How many cases one property is tried on. */
export function runs(usual: number): { readonly numRuns: number } {
  return { numRuns: asked > 0 ? asked : usual };
}

/** Bytes, and the pieces in which they arrive: cut anywhere, also inside a character, also into nothing. */
export interface Arrival {
  readonly bytes: Buffer;
  readonly pieces: readonly Buffer[];
}

export function arrival(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<Arrival> {
  return bytes.chain((bytes) =>
    fc.array(fc.nat({ max: bytes.length }), { maxLength: 8 }).map((cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      return { bytes, pieces: at.slice(1).map((end, index) => bytes.subarray(at[index], end)) };
    }),
  );
}

/** Bytes that are mostly made of these texts, one after the other, and now and then of anything. */
export function bytesLike(...texts: readonly string[]): fc.Arbitrary<Buffer> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...texts).map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.string({ unit: "grapheme" }).map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)) },
  );
  return fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.concat(pieces));
}

export async function* body(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

/** Where a document is changed, into what. */
export interface Fault {
  readonly at: number;
  readonly value: unknown;
}

/** Up to three of them. */
export const faults: fc.Arbitrary<readonly Fault[]> = fc.array(
  fc.record({
    at: fc.nat({ max: 200 }),
    value: fc.oneof(
      fc.constantFrom(
        null,
        "",
        "x",
        0,
        -1,
        1e300,
        true,
        [],
        {},
        [null],
        [[]],
        { type: "x" },
        { error: null },
        undefined,
      ),
      fc.jsonValue({ maxDepth: 2 }),
    ),
  }),
  { minLength: 1, maxLength: 3 },
);

/** The same with the value that is the so-many-th in it, read from the top, replaced; `undefined` removes it. */
export function withFault(json: unknown, { at, value }: Fault): unknown {
  let left = at % (count(json) || 1);
  const visit = (node: unknown): unknown => {
    if (left-- === 0) return value;
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== "object" || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([name, inner]) => [name, visit(inner)]));
  };
  return visit(json);
}

function count(node: unknown): number {
  const inner = typeof node === "object" && node !== null ? Object.values(node) : [];
  return inner.reduce((sum: number, one) => sum + count(one), 1);
}
