import { parentPort, workerData } from "node:worker_threads";
import { EngineError, type EngineErrorCode } from "../errors.ts";
import { convert, type Conversion } from "./convert.ts";

/** The body of the thread that converts a model, and tells when it is done. */

export type ConvertReply =
  | { readonly done: true }
  /** `code` stands for an EngineError. */
  | { readonly done: false; readonly code?: EngineErrorCode; readonly message: string };

async function reply(): Promise<ConvertReply> {
  try {
    await convert(workerData as Conversion);
    return { done: true };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return error instanceof EngineError ? { done: false, code: error.code, message } : { done: false, message };
  }
}

parentPort?.postMessage(await reply());
