import { readFile } from "node:fs/promises";

/** As `package.json` has it, which lies two folders up in `src` and in `dist`. */
export async function version(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
