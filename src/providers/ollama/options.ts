import type { ChatCompletionRequest } from "../../api/chat.ts";
import { invalidRequest } from "../../api/error.ts";
import type { Options } from "./wire.ts";

/** Ollama's own settings that clients may also write beside OpenAI's. */
export const OWN_OPTIONS: readonly string[] = (
  "num_ctx num_predict num_keep num_gpu num_thread num_batch main_gpu use_mmap use_mlock top_k min_p typical_p tfs_z " +
  "repeat_penalty repeat_last_n mirostat mirostat_tau mirostat_eta penalize_newline"
).split(" ");

/** OpenAI's fields that have the same name and meaning there. */
const SAME = ["temperature", "top_p", "seed", "presence_penalty", "frequency_penalty"];

/** What steers the sampling and the runner; all but the context's size, unless the client sets that. */
export function options(body: ChatCompletionRequest): Options {
  const longest = body.max_completion_tokens ?? body.max_tokens;
  const stop = typeof body.stop === "string" ? [body.stop] : (body.stop ?? []);
  return {
    ...named(body, [...SAME, ...OWN_OPTIONS]),
    ...(longest != null && { num_predict: longest }),
    ...(stop.length > 0 && { stop }),
    ...ownOptions(body),
  };
}

/** `options` as Ollama's own clients write it. */
export function ownOptions(body: { readonly [field: string]: unknown }): Options {
  const given = body["options"];
  if (given == null) return {};
  if (typeof given === "object" && !Array.isArray(given)) return named(given, Object.keys(given));
  throw invalidRequest(
    { en: "Invalid type for 'options': expected an object.", "zh-TW": "「options」的型別不正確：應為物件。" },
    "options",
    "invalid_type",
  );
}

/** @returns those of the fields that have a value. */
export function named(body: object, fields: readonly string[]): Options {
  const values = body as Readonly<Record<string, unknown>>;
  return Object.fromEntries(fields.filter((field) => values[field] != null).map((field) => [field, values[field]]));
}
