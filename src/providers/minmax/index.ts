import type { Model } from "../../api/models.ts";
import { httpProvider } from "../http-provider.ts";
import type { Provider } from "../provider.ts";
import { embed } from "./embeddings.ts";
import { said } from "./error.ts";
import { chatRequest } from "./request.ts";
import { completion } from "./response.ts";
import { chunks } from "./stream.ts";
import { url } from "./url.ts";

/** https://platform.minimax.io/docs/api-reference/text-post */
export const minmax: Provider = httpProvider({
  name: "minmax",
  title: "MiniMax",
  aliases: ["minimax"],
  env: {
    key: ["MINMAX_API_KEY", "MINIMAX_API_KEY"],
    baseUrl: ["MINMAX_API_URL", "MINIMAX_API_URL"],
  },
  baseUrl: "https://api.minimax.chat/v1/text/chatcompletion_v2",
  headers: (key) => (key === undefined ? {} : { authorization: `Bearer ${key}` }),
  hasOneAnswer: true,
  url,
  chatRequest,
  completion,
  chunks,
  said,
  embed,
  models: async (get) => ((await get("/models")) as { readonly data?: readonly Model[] }).data ?? [],
});
