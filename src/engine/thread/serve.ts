import { parentPort } from "node:worker_threads";
import type { Wording } from "../../messages/say.ts";
import { EngineError, type EngineErrorCode } from "../errors.ts";

export interface Request {
  readonly id: number;
  readonly step: unknown;
}

export type Reply = { readonly id: number } & (
  | { readonly value: unknown }
  | { readonly error: { readonly code?: undefined; readonly message: string } }
  /** An EngineError. */
  | { readonly error: { readonly code: EngineErrorCode; readonly message: Wording; readonly field?: string } }
);

/**
 * The body of a thread: a step in, a reply out.
 * @param answer takes the steps of whoever started the thread.
 */
export function serve(answer: (step: unknown) => Promise<unknown>): void {
  parentPort?.on("message", async (request: Request) => {
    parentPort?.postMessage(await reply(request, answer));
  });
}

async function reply({ id, step }: Request, answer: (step: unknown) => Promise<unknown>): Promise<Reply> {
  try {
    return { id, value: await answer(step) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof EngineError)) return { id, error: { message } };
    const { code, field, wording } = error;
    return { id, error: { code, message: wording, ...(field !== undefined && { field }) } };
  }
}
