import type { Model } from "../../api/models.ts";
import type { TagsResponse } from "./wire.ts";

/** The models that are on that machine. */
export async function models(get: (path: string) => Promise<unknown>): Promise<readonly Model[]> {
  const { models } = Object(await get("/api/tags")) as TagsResponse;
  return (models ?? []).map(({ name, modified_at }) => ({
    id: name,
    object: "model",
    created: Math.floor((Date.parse(modified_at ?? "") || 0) / 1000),
    owned_by: "ollama",
  }));
}
