import { availableParallelism } from "node:os";
import type { Check, NumberRule } from "./rules.ts";

/** Or `auto`. */
export const WORKERS: NumberRule = {
  min: 1,
  max: 256,
  complaint: "is no number of processes; write a whole number from 1 to 256, or auto for one a core",
};

export const checkWorkers: Check = (value) =>
  value === "auto" || (/^\d+$/.test(value) && Number(value) >= WORKERS.min && Number(value) <= WORKERS.max)
    ? undefined
    : WORKERS.complaint;

/** @param value that has passed the check. */
export function workersOf(value: string | number): number {
  return value === "auto" ? Math.min(availableParallelism(), WORKERS.max) : Number(value);
}
