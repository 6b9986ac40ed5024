import { parentPort, workerData } from "node:worker_threads";
import type { Wording } from "../../messages/say.ts";
import { EngineError, type EngineErrorCode } from "../errors.ts";
import { convert, type Conversion } from "./convert.ts";

/** The body of the thread that converts a model, and tells when it is done. */

export type ConvertReply =
  | { readonly done: true }
  | { readonly done: false; readonly code?: undefined; readonly message: string }
  /** An EngineError. */
  | { readonly done: false; readonly code: EngineErrorCode; readonly message: Wording };

async function reply(): Promise<ConvertReply> {
  try {
    await convert(workerData as Conversion);
    return { done: true };
  } catch (error) {
    if (error instanceof EngineError) return { done: false, code: error.code, message: error.wording };
    return { done: false, message: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.postMessage(await reply());
