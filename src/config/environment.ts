import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Check, NumberRule } from "./rules.ts";
import { checkBaseUrl, checkKey, checkProxy, hasCredentials } from "./rules.ts";
import { ConfigError } from "./error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const MAX_BYTES = 16 * 1024 * 1024;

/** The variables of `.env` in that folder, overlaid with the process's own. */
export async function withDotEnv(directory: string, environment: Environment): Promise<Environment> {
  const text = await readIfThere(join(directory, ".env"), ".env");
  return { ...(text === undefined ? {} : parseEnv(text)), ...environment };
}

/**
 * A small text file, or undefined if there is none.
 * @param name what to call it in errors.
 */
export async function readIfThere(path: string, name: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES)
      throw new ConfigError([`${name}: the file has ${size} bytes; at most ${MAX_BYTES} are read.`]);
    // Editors on Windows like to put a byte order mark in front.
    return (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new ConfigError([`${name}: the file cannot be read (${code}); check what it is and who may read it.`]);
  }
}

/** Reads variables, checked; an empty one counts as not set. A wrong one is reported and counts as not set, too. */
export interface Variables {
  text(name: string, check?: Check): string | undefined;
  number(name: string, rule: NumberRule): number | undefined;
  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined;
  flag(name: string): boolean | undefined;
  /** The first of these that is set; without a slash at its end. */
  baseUrl(names: readonly string[]): string | undefined;
  /** The address of a proxy, which may hold a password: never shown in a report. "" where none of these is set. */
  proxy(names: readonly string[]): string;
  /** The first of these that is set. Never shown in a report. */
  key(names: readonly string[]): string | undefined;
  /** Separated by commas; undefined where it is not set. */
  list(name: string, check: Check): readonly string[] | undefined;
  /** Separated by commas. Never shown in a report. */
  keys(name: string): readonly string[];
}

/** @param report takes a sentence that names the variable, its value, and what would be right. */
export function createVariables(environment: Environment, report: (problem: string) => void): Variables {
  const value = (name: string) => environment[name]?.trim() || undefined;
  const firstSet = (names: readonly string[]) => names.find((name) => value(name) !== undefined);

  const wrong = (name: string, complaint: string): undefined => {
    report(`${name}: ${JSON.stringify(value(name))} ${complaint}.`);
  };
  const checkedKey = (name: string, key: string): string | undefined => {
    const complaint = checkKey(key);
    if (complaint === undefined) return key;
    report(`${name}: it ${complaint}.`);
    return undefined;
  };

  return {
    text(name, check) {
      const text = value(name);
      const complaint = text === undefined ? undefined : check?.(text);
      return complaint === undefined ? text : wrong(name, complaint);
    },
    list(name, check) {
      const parts = value(name)
        ?.split(",")
        .map((part) => part.trim());
      const wrongPart = parts?.find((part) => part !== "" && check(part) !== undefined);
      if (wrongPart !== undefined) report(`${name}: ${JSON.stringify(wrongPart)} ${check(wrongPart)}.`);
      return parts?.filter((part) => part !== "" && check(part) === undefined);
    },
    number(name, { min, max, complaint }) {
      const text = value(name);
      if (text === undefined) return undefined;
      const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      return number >= min && number <= max ? number : wrong(name, complaint);
    },
    oneOf(name, values) {
      const text = value(name)?.toLowerCase();
      if (text === undefined) return undefined;
      return (
        values.find((known) => known.toLowerCase() === text) ??
        wrong(name, `is unknown; write one of ${values.join(", ")}`)
      );
    },
    flag(name) {
      const text = value(name)?.toLowerCase();
      if (text === undefined) return undefined;
      if (/^(1|true|yes|on)$/.test(text)) return true;
      if (/^(0|false|no|off)$/.test(text)) return false;
      return wrong(name, "is neither yes nor no; write 1 or 0");
    },
    baseUrl(names) {
      const name = firstSet(names);
      const url = name === undefined ? undefined : value(name);
      if (name === undefined || url === undefined) return undefined;
      if (hasCredentials(url)) {
        report(`${name}: the address holds a user name or password; write it without, and set a key instead.`);
        return undefined;
      }
      const complaint = checkBaseUrl(url);
      return complaint === undefined ? url.replace(/\/+$/, "") : wrong(name, complaint);
    },
    proxy(names) {
      const name = firstSet(names);
      const text = name === undefined ? undefined : value(name);
      if (name === undefined || text === undefined) return "";
      const url = text.includes("://") ? text : `http://${text}`;
      const complaint = checkProxy(url);
      if (complaint === undefined) return url;
      report(`${name}: it ${complaint}.`);
      return "";
    },
    key(names) {
      const name = firstSet(names);
      const key = name === undefined ? undefined : value(name);
      return name === undefined || key === undefined ? undefined : checkedKey(name, key);
    },
    keys(name) {
      const parts = (value(name) ?? "").split(",").map((part) => part.trim());
      return parts.filter((part) => part !== "" && checkedKey(name, part) !== undefined);
    },
  };
}
