import { chatCompletions } from "./chat-completions.ts";
import type { Vendor } from "./vendor.ts";

interface Detail {
  readonly text?: string;
}

/** What the vendor calls these failures: they come with status 200. */
const NUMBERS: Readonly<Record<number, number>> = { 400: 2013, 401: 1004, 404: 2013, 429: 1002 };

/** Source: https://platform.minimax.io/docs/api-reference/text-post */
export const minmax: Vendor = {
  model: "minmax/MiniMax-M3",
  showsThoughts: true,
  hasImages: true,
  hasJsonSchema: false,
  refused: { web_search_options: {} },
  thoughtInRequest: (thought) => JSON.stringify({ text: thought }).slice(1, -1),
  environment: (origin) => ({ MINMAX_API_KEY: "sk-fake", MINMAX_API_URL: `${origin}/v1/text/chatcompletion_v2` }),
  ...chatCompletions({
    thoughts: {
      write: (thought) => ({
        reasoning_content: thought,
        reasoning_details: [{ type: "reasoning.text", text: thought }],
      }),
      read: ({ reasoning_details }) => (reasoning_details as readonly Detail[] | undefined)?.[0]?.text,
    },
    // No format binds the model: it is told, in the first message.
    wantsJson: ({ messages: [first] }) => first?.role === "system" && /JSON/.test(JSON.stringify(first.content)),
    extra: { base_resp: { status_code: 0, status_msg: "" } },
    repeatsMessage: true,
  }),
  refusal({ status, message }) {
    const status_msg = status === 404 ? "invalid params, unknown model 'm'" : message;
    return { status: 200, body: { base_resp: { status_code: NUMBERS[status] ?? 1000, status_msg } } };
  },
};
