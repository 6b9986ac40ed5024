import type { FileHandle } from "node:fs/promises";
import { unpickleAt, type PickleHost } from "./pickle.ts";
import { readAt } from "./read-at.ts";

/** Where the numbers of a storage stand in the file. */
export interface Span {
  readonly offset: number;
  readonly byteLength: number;
}

/** The first pickle of such a file: a number that nothing else begins with. */
const MAGIC = Buffer.from("80028a0a6cfc9c46f9206aa850192e", "hex");
/** All pickles together are shorter: of a large model they take a few hundred kilobytes. */
const MAX_PICKLES_BYTES = 16_000_000;
/** Of the count of numbers that stands before them. */
const COUNT_BYTES = 8;

/** What the state dict may name, and how long each storage is that it has named. */
export interface OldHost extends PickleHost {
  readonly byteLengths: ReadonlyMap<string, number>;
}

/**
 * Reads a file that `torch.save` wrote before PyTorch 1.6: pickles one after the other, of which the fourth is the state
 * dict and the fifth the order of the storages, then the numbers of each storage.
 *
 * @param open gives a host for storages that stand there; of one that is not known yet, at the file's beginning.
 * @returns the state dict; undefined for another kind of file.
 * @throws what `unpickle` throws
 * Source: `_legacy_save` in https://github.com/pytorch/pytorch/blob/main/torch/serialization.py
 */
export async function readOldPytorch(
  handle: FileHandle,
  what: string,
  open: (spans: ReadonlyMap<string, Span>) => OldHost,
): Promise<{ readonly state: unknown } | undefined> {
  const { size } = await handle.stat();
  const pickles = await readAt(handle, 0, Math.min(size, MAX_PICKLES_BYTES));
  if (pickles === undefined || !pickles.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const first = open(new Map());
  const version = unpickleAt(pickles, MAGIC.length, first, what);
  const machine = unpickleAt(pickles, version.end, first, what);
  const state = unpickleAt(pickles, machine.end, first, what);
  const keys = unpickleAt(pickles, state.end, first, what);
  const order = Array.isArray(keys.value) ? keys.value.map(String) : [];
  // Only now it is known where the storages stand: so the state dict is read once more.
  return { state: unpickleAt(pickles, machine.end, open(spans(order, keys.end, first.byteLengths)), what).value };
}

function spans(order: readonly string[], start: number, lengths: ReadonlyMap<string, number>): Map<string, Span> {
  let end = start;
  return new Map(
    order.map((key) => {
      const span = { offset: end + COUNT_BYTES, byteLength: lengths.get(key) ?? 0 };
      end = span.offset + span.byteLength;
      return [key, span];
    }),
  );
}
