import type { Model, PullRequest } from "../../../src/api/models.ts";
import { readEvents } from "./events.ts";
import { ApiFailure, failure, requestJson, send } from "./request.ts";

/**
 * Fetches a local model's files (`pull`), or loads it, too (`load`): the model as it is, again and again until that is
 * done. Who leaves ends the download, unless others wait for it; what has come is kept.
 * @throws ApiFailure for a model that cannot be had; AbortError.
 */
export async function* fetchModel(
  how: "pull" | "load",
  request: Pick<PullRequest, "model" | "purpose">,
  signal: AbortSignal,
): AsyncGenerator<Model> {
  const body = { ...request, stream: true };
  const { status, body: events } = await send(`/v1/models/${how}`, { method: "POST", body, signal });
  for await (const event of readEvents(events ?? new ReadableStream())) {
    if (event.kind === "comment") continue;
    if (event.data === "[DONE]") return;
    const model = JSON.parse(event.data) as Model;
    if ("error" in model) throw failure(status, event.data);
    yield model;
  }
  throw new ApiFailure(status, "", "stream_incomplete");
}

/** Takes it out of memory, when its calls are over. */
export function unloadModel(model: string): Promise<Model> {
  return requestJson("/v1/models/unload", { method: "POST", body: { model } });
}

/** Removes its files, and what was made of them. */
export async function deleteModel(model: string): Promise<void> {
  await send(`/v1/models/${encodeURIComponent(model)}`, { method: "DELETE" });
}
