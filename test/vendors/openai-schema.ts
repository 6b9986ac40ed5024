import { z } from "zod";

/*
 * What OpenAI's published description says of its answers, as schemas.
 * Source: `CreateChatCompletionResponse`, `CreateChatCompletionStreamResponse`, `CreateEmbeddingResponse` and
 * `ErrorResponse` in https://github.com/openai/openai-openapi, August 2026
 */

export interface OpenAISchemas {
  readonly completion: z.ZodType;
  readonly chunk: z.ZodType;
  readonly embeddings: z.ZodType;
  readonly error: z.ZodType;
}

/** How far answers may leave the description. */
interface Rules {
  /** Makes the schema of an object: whether it may have fields beyond those that are named. */
  readonly object: (fields: Readonly<Record<string, z.ZodType>>) => z.ZodType;
  /** A field that must be there, or must not be null, as described; OpenAI itself and others do otherwise. */
  readonly strictly: (field: z.ZodType) => z.ZodType;
  /** Values of a closed set; others extend it. */
  readonly oneOf: (values: readonly string[]) => z.ZodType;
}

function schemas(rules: Rules): OpenAISchemas {
  const { object } = rules;
  const text = z.string();
  const embedding = object({ object: z.literal("embedding"), index: z.int(), embedding: z.array(z.number()) });
  return {
    completion: object({
      ...head(rules),
      object: z.literal("chat.completion"),
      choices: z.array(
        object({
          index: z.int(),
          message: message(rules),
          logprobs: rules.strictly(logprobs(rules).nullable()),
          finish_reason: FINISH_REASON,
        }),
      ),
      usage: usage(rules).optional(),
      metadata: z.record(text, text).nullish(),
    }),
    chunk: object({
      ...head(rules),
      object: z.literal("chat.completion.chunk"),
      choices: z.array(
        object({
          index: z.int(),
          delta: delta(rules),
          logprobs: logprobs(rules).nullish(),
          finish_reason: FINISH_REASON.nullable(),
        }),
      ),
      usage: usage(rules).nullish(),
      obfuscation: text.optional(),
    }),
    embeddings: object({
      object: z.literal("list"),
      model: text,
      data: z.array(embedding),
      usage: object({ prompt_tokens: z.int(), total_tokens: z.int() }),
    }),
    error: object({ error: object({ message: text, type: text, param: text.nullable(), code: text.nullable() }) }),
  };
}

const FINISH_REASON = z.enum(["stop", "length", "tool_calls", "content_filter", "function_call"]);
const SERVICE_TIERS = ["auto", "default", "flex", "scale", "priority", "fast"];

function head({ strictly, oneOf }: Rules): Readonly<Record<string, z.ZodType>> {
  return {
    id: z.string(),
    created: z.int(),
    model: z.string(),
    service_tier: oneOf(SERVICE_TIERS).nullish(),
    system_fingerprint: strictly(z.string().optional()),
    moderation: z.looseObject({}).nullish(),
  };
}

function usage({ object, strictly }: Rules): z.ZodType {
  const counts = (names: string): z.ZodType =>
    strictly(
      object(Object.fromEntries(names.split(" ").map((name) => [name, strictly(z.int().optional())]))).optional(),
    );
  return object({
    prompt_tokens: z.int(),
    completion_tokens: z.int(),
    total_tokens: z.int(),
    prompt_tokens_details: counts("audio_tokens cached_tokens text_tokens image_tokens cache_write_tokens"),
    completion_tokens_details: counts(
      "accepted_prediction_tokens audio_tokens reasoning_tokens text_tokens rejected_prediction_tokens",
    ),
  });
}

function logprobs({ object, strictly }: Rules): z.ZodType {
  const token = { token: z.string(), logprob: z.number(), bytes: z.array(z.int()).nullable() };
  const tokens = z.array(object({ ...token, top_logprobs: z.array(object(token)) })).nullable();
  return object({ content: tokens, refusal: strictly(tokens) });
}

/** The fields beyond OpenAI's that clients know from others: thoughts, signatures, images that the model has made. */
const EXTENSIONS = {
  reasoning_content: z.string().nullish(),
  thinking_blocks: z.array(z.looseObject({ type: z.string() })).optional(),
  images: z.array(z.looseObject({ type: z.literal("image_url") })).optional(),
  extra_content: z.looseObject({}).optional(),
};

function message({ object, strictly, oneOf }: Rules): z.ZodType {
  const text = z.string();
  const called = object({ name: text, arguments: text });
  const call = { id: text, extra_content: EXTENSIONS.extra_content };
  const functionCall = object({ ...call, type: z.literal("function"), function: called });
  const customCall = object({ ...call, type: z.literal("custom"), custom: object({ name: text, input: text }) });
  return object({
    role: z.literal("assistant"),
    content: text.nullable(),
    refusal: strictly(text.nullable()),
    tool_calls: z.array(z.union([functionCall, customCall])).optional(),
    function_call: strictly(called.optional()),
    annotations: strictly(z.array(z.looseObject({ type: oneOf(["url_citation"]) })).optional()),
    audio: z.looseObject({ id: text, data: text }).nullish(),
    ...EXTENSIONS,
  });
}

function delta({ object, strictly }: Rules): z.ZodType {
  const text = z.string();
  const piece = text.optional();
  const call = object({
    index: z.int(),
    id: piece,
    type: z.enum(["function", "custom"]).optional(),
    function: object({ name: piece, arguments: piece }).optional(),
    custom: object({ name: piece, input: piece }).optional(),
    extra_content: EXTENSIONS.extra_content,
  });
  return object({
    role: z.enum(["developer", "system", "user", "assistant", "tool"]).optional(),
    content: text.nullish(),
    refusal: text.nullish(),
    tool_calls: z.array(call).optional(),
    function_call: strictly(object({ name: piece, arguments: piece }).optional()),
    ...EXTENSIONS,
  });
}

/** For answers that Omniport writes: to the letter, and with no fields but OpenAI's and our known extensions. */
export const written: OpenAISchemas = schemas({
  object: z.strictObject,
  strictly: (field) => field,
  oneOf: (values) => z.enum(values),
});

/** For answers that pass through from servers that speak OpenAI's wire. */
export const passedOn: OpenAISchemas = schemas({
  object: z.looseObject,
  strictly: (field) => field.nullish(),
  oneOf: () => z.string(),
});
