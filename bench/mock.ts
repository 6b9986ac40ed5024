import { once } from "node:events";
import { join } from "node:path";
import type { Children } from "./children.ts";

export interface Mock {
  /** Without `/v1`. */
  readonly url: string;
  readonly port: number;
  /** Between two chunks of its streams. */
  setPace(ms: number): Promise<void>;
  /** How many times as many chunks its streams have as at first. */
  setLength(times: number): Promise<void>;
}

/** Starts the mock upstream on a free port. @param prefix a program before it, that puts it on certain cores. */
export async function startMock(children: Children, prefix: readonly string[]): Promise<Mock> {
  const child = children.launch([...prefix, process.execPath, join(import.meta.dirname, "upstream.ts")]);
  if (!child.stdout) throw new TypeError("The mock upstream has no output.");
  const [printed] = await once(child.stdout, "data");
  const port = Number(String(printed));
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    async setPace(ms) {
      await fetch(`${url}/pace?ms=${ms}`, { method: "POST" });
    },
    async setLength(times) {
      await fetch(`${url}/length?times=${times}`, { method: "POST" });
    },
  };
}
