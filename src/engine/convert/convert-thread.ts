import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { EngineError } from "../errors.ts";
import type { Conversion } from "./convert.ts";
import type { ConvertReply } from "./convert-worker.ts";

/**
 * Converts in threads of their own: this one goes on with what it does.
 *
 * @throws what `convert` throws; the signal's reason when aborted, and then nothing is written any more.
 */
export async function convertOnThread(conversion: Conversion, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  // The worker's file lies beside this one, both as source and as built.
  const file = new URL(`convert-worker${extname(import.meta.filename)}`, import.meta.url);
  const worker = new Worker(file, { workerData: conversion, name: `convert ${conversion.snapshot.id}` });
  try {
    const [reply] = (await Promise.race([
      once(worker, "message", { signal }),
      earlyEnd(worker, conversion, signal),
    ])) as [ConvertReply];
    if (!reply.done)
      throw reply.code === undefined ? new Error(reply.message) : new EngineError(reply.code, reply.message);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await worker.terminate();
  }
}

/** A thread that ends without a reply: something in it has ended it. */
async function earlyEnd(worker: Worker, { snapshot }: Conversion, signal: AbortSignal): Promise<never> {
  const [code] = await once(worker, "exit", { signal });
  throw new Error(`The thread that converts ${snapshot.id} has ended with ${code}.`);
}
