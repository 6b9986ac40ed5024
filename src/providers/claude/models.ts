import type { Model } from "../../api/models.ts";
import type { ModelPage } from "./wire.ts";

/** More pages than there will ever be models. */
const MAX_PAGES = 10;

/** Source: https://platform.claude.com/docs/en/api/models/list */
export async function models(get: (path: string) => Promise<unknown>): Promise<readonly Model[]> {
  const found: Model[] = [];
  let after = "";
  for (let page = 0; page < MAX_PAGES; page++) {
    const { data, has_more, last_id } = (await get(`/v1/models?limit=1000${after}`)) as ModelPage;
    found.push(...data.map(model));
    if (!has_more || !last_id) break;
    after = `&after_id=${encodeURIComponent(last_id)}`;
  }
  return found;
}

function model({ id, display_name, created_at }: ModelPage["data"][number]): Model {
  return {
    id,
    object: "model",
    created: Math.floor(Date.parse(created_at ?? "") / 1000) || 0,
    owned_by: "anthropic",
    ...(display_name !== undefined && { display_name }),
  };
}
