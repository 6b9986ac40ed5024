import { totalmem } from "node:os";
import { constrainedMemory } from "node:process";
import { EngineError } from "../errors.ts";

/** @throws EngineError `out_of_memory` for a model that this machine can never hold. */
export function requireMemory(model: string, neededBytes: number): void {
  const limit = constrainedMemory();
  const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  if (neededBytes <= total) return;
  const message = `${model} needs ${inGb(neededBytes)} of memory, and this machine has ${inGb(total)}. Ask for fewer bits (${model}:Q4_0), or choose a smaller model.`;
  throw new EngineError("out_of_memory", message);
}

function inGb(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
