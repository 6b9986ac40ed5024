import { availableMemory } from "node:process";
import type { Check } from "./rules.ts";

const UNITS: Readonly<Record<string, number>> = {
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};
const MEMORY = /^(\d+(?:\.\d+)?) ?(%|[mgt]i?b)$/i;

/** `8GB`, `512MiB`, `50%`. */
export const checkMemory: Check = (value) =>
  Number.isNaN(parseMemory(value, 1e9))
    ? "is no amount of memory; write one such as 8GB, 512MB, or 50% of what is free"
    : undefined;

/** @returns bytes; NaN for what is none. */
export function parseMemory(text: string, freeBytes: number = availableMemory()): number {
  const [, number, unit = ""] = MEMORY.exec(text.trim()) ?? [];
  const amount = Number(number);
  if (unit !== "%") return amount * (UNITS[unit.toLowerCase()] ?? Number.NaN);
  return amount > 0 && amount <= 100 ? (freeBytes * amount) / 100 : Number.NaN;
}
