import { parentPort, workerData } from "node:worker_threads";
import { EngineError, type EngineErrorCode } from "../errors.ts";
import type { EmbedRequest, Snapshot } from "../model.ts";
import { loadEncoder, type Encoder, type EncoderOptions } from "./encoder.ts";

/** The body of a thread that holds one encoder: a request in, a reply out, in the order of the requests. */

export interface EncoderWorkerData {
  readonly snapshot: Snapshot;
  readonly options: EncoderOptions;
}

export type EncoderRequest = { readonly id: number } & (
  | { readonly step: "load" | "dispose" }
  | { readonly step: "tokenize"; readonly inputs: EmbedRequest["inputs"] }
  | { readonly step: "encode"; readonly texts: readonly Int32Array[] }
);

export type EncoderReply = { readonly id: number } & (
  | { readonly value: unknown }
  /** `code` stands for an EngineError. */
  | { readonly error: { readonly code?: EngineErrorCode; readonly message: string } }
);

const { snapshot, options } = workerData as EncoderWorkerData;
let loading: Promise<Encoder> | undefined;

async function value(request: EncoderRequest): Promise<unknown> {
  loading ??= loadEncoder(snapshot, options);
  const encoder = await loading;
  switch (request.step) {
    case "load":
      return encoder.dimensions;
    case "tokenize":
      return encoder.tokenize(request.inputs);
    case "encode":
      return encoder.encode(request.texts);
    case "dispose":
      await encoder.dispose();
  }
  return undefined;
}

async function reply(request: EncoderRequest): Promise<EncoderReply> {
  try {
    return { id: request.id, value: await value(request) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { id: request.id, error: error instanceof EngineError ? { code: error.code, message } : { message } };
  }
}

parentPort?.on("message", async (request: EncoderRequest) => {
  parentPort?.postMessage(await reply(request));
});
