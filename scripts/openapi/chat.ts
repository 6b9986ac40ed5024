import { z } from "zod";
import type {
  AssistantMessage,
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionRequest,
  Choice,
  ChunkChoice,
  Delta,
  Message,
  Tool,
  ToolCall,
  ToolCallDelta,
  Usage,
} from "../../src/api/chat.ts";
import { described, maybe, perhaps, says, type Schemas } from "./described.ts";

/*
 * Chat completions. The names of the schemas are those of OpenAI's clients.
 * Source: https://platform.openai.com/docs/api-reference/chat
 */

const model = says(
  z.string().min(1).max(512),
  "Who answers: `local/chat`, `openai/gpt-4o`, `huggingface/owner/repo`, an alias.",
  "由誰回答：`local/chat`、`openai/gpt-4o`、`huggingface/owner/repo`，或別名。",
);

const id = says(z.string(), "Of this answer.", "這個回答的識別碼。");
const created = says(z.int(), "Seconds since 1970.", "自 1970 年起的秒數。");
const answeredBy = says(z.string(), "The model that answered.", "回答的模型。");

const toolCall = described<ToolCall>()(
  z.looseObject({
    id: says(z.string(), "To be sent back with the tool's result.", "送回工具結果時要附上。"),
    type: says(z.string(), "`function`, or a type of the provider's own.", "`function`，或供應商自己的類型。"),
    function: perhaps(
      z.object({
        name: says(z.string(), "The function to call.", "要呼叫的函式。"),
        arguments: says(z.string(), "Its arguments, as text of JSON.", "其引數，為 JSON 文字。"),
      }),
      "What to call, and with what.",
      "要呼叫什麼、帶什麼引數。",
    ),
  }),
);

const toolCallDelta = described<ToolCallDelta>()(
  z.looseObject({
    index: says(z.int(), "Which call this belongs to.", "屬於第幾個呼叫。"),
    id: perhaps(z.string(), "With the first piece of a call.", "只在該呼叫的第一段。"),
    type: perhaps(z.string(), "With the first piece of a call.", "只在該呼叫的第一段。"),
    function: perhaps(
      z.object({
        name: perhaps(z.string(), "With the first piece.", "只在第一段。"),
        arguments: perhaps(z.string(), "A piece of the text of JSON.", "JSON 文字的一段。"),
      }),
      "The next piece of the call.",
      "該呼叫的下一段。",
    ),
  }),
);

const tool = described<Tool>()(
  z.looseObject({
    type: says(z.string(), "`function`, or a tool of the provider's own.", "`function`，或供應商自己的工具。"),
    function: perhaps(
      z.looseObject({
        name: says(z.string(), "What the model calls it.", "模型用的名稱。"),
        description: perhaps(z.string(), "When to use it, for the model.", "告訴模型何時使用。"),
        parameters: maybe(z.looseObject({}), "A JSON schema of the arguments.", "引數的 JSON schema。"),
        strict: maybe(z.boolean(), "Bind the arguments to the schema.", "引數必須符合 schema。"),
      }),
      "The function, where the type is `function`.",
      "類型為 `function` 時的函式。",
    ),
  }),
);

const contentPart = z.looseObject({
  type: says(
    z.string(),
    "`text`, `image_url`, or a type that the provider knows.",
    "`text`、`image_url`，或供應商認得的類型。",
  ),
  text: perhaps(z.string(), "Of a `text` part.", "`text` 部分的內容。"),
  image_url: perhaps(
    z.looseObject({ url: says(z.string(), "A link, or a data URL.", "連結或 data URL。") }),
    "Of an `image_url` part.",
    "`image_url` 部分的圖片。",
  ),
});

const message = described<Message>()(
  z.looseObject({
    role: says(z.enum(["developer", "system", "user", "assistant", "tool", "function"]), "Who says it.", "由誰說的。"),
    content: maybe(
      z.union([z.string(), z.array(contentPart)]),
      "A text, or parts. An assistant's message may have tool calls instead.",
      "一段文字，或多個部分。assistant 的訊息可以只有工具呼叫。",
    ),
    name: perhaps(z.string(), "Tells people with the same role apart.", "區分角色相同的人。"),
    tool_calls: perhaps(z.array(toolCall), "What the assistant called.", "assistant 呼叫了什麼。"),
    tool_call_id: perhaps(z.string(), "Of `tool`: the call that this answers.", "`tool` 的訊息所回應的呼叫。"),
  }),
);

const chatCompletionRequest = described<ChatCompletionRequest>()(
  z.looseObject({
    model,
    models: maybe(
      z.array(z.string()).max(8),
      "Further models, asked in turn where the first one fails.",
      "第一個模型失敗時依序詢問的其他模型。",
    ),
    messages: says(z.array(message).min(1), "The conversation so far, oldest first.", "到目前為止的對話，由舊到新。"),
    stream: maybe(z.boolean(), "Send the answer in pieces as it is made.", "邊產生邊送出回答。"),
    stream_options: maybe(
      z.looseObject({
        include_usage: maybe(z.boolean(), "A last chunk with `usage`.", "最後多送一個帶有 `usage` 的 chunk。"),
      }),
      "For streams only.",
      "只用於串流。",
    ),
    max_tokens: maybe(z.int().min(1), "The longest answer, in tokens.", "回答最多幾個 token。"),
    max_completion_tokens: maybe(
      z.int().min(1),
      "The same under OpenAI's newer name, reasoning included.",
      "同上，OpenAI 較新的名稱，包含推理。",
    ),
    temperature: maybe(
      z.number().min(0).max(2),
      "0: the likeliest words; higher: more varied.",
      "0：最可能的字；越高越多變。",
    ),
    top_p: maybe(
      z.number().min(0).max(1),
      "Only the likeliest tokens that make up this share.",
      "只從機率總和達此比例的 token 中選。",
    ),
    n: maybe(z.int().min(1).max(128), "How many answers.", "要幾個回答。"),
    stop: maybe(
      z.union([z.string(), z.array(z.string())]),
      "Texts before which the answer ends.",
      "遇到這些文字就結束回答。",
    ),
    seed: maybe(
      z.int(),
      "The same seed gives the same answer, where the provider can do that.",
      "相同的 seed 得到相同的回答（供應商支援時）。",
    ),
    presence_penalty: maybe(
      z.number().min(-2).max(2),
      "Above 0: fewer words that are there already.",
      "大於 0：少用已出現的字。",
    ),
    frequency_penalty: maybe(
      z.number().min(-2).max(2),
      "Above 0: fewer words that are there often.",
      "大於 0：少用常出現的字。",
    ),
    logit_bias: maybe(
      z.looseObject({}),
      "Token id → a number that is added to its logit.",
      "token id → 加到其 logit 的數字。",
    ),
    logprobs: maybe(z.boolean(), "Give the tokens' log probabilities.", "回傳各 token 的對數機率。"),
    top_logprobs: maybe(
      z.int().min(0).max(20),
      "And those of so many alternatives.",
      "並回傳幾個候選 token 的對數機率。",
    ),
    tools: maybe(z.array(tool), "What the model may call.", "模型可以呼叫的工具。"),
    tool_choice: says(
      z.unknown(),
      "`none`, `auto`, `required`, or the tool to call.",
      "`none`、`auto`、`required`，或指定的工具。",
    ).optional(),
    parallel_tool_calls: maybe(z.boolean(), "Whether several calls may come at once.", "是否可以一次呼叫多個工具。"),
    reasoning_effort: maybe(
      z.string(),
      "How long to think: `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`.",
      "思考的程度：`none`、`minimal`、`low`、`medium`、`high`、`xhigh`、`max`。",
    ),
    response_format: maybe(
      z.looseObject({
        type: says(z.string(), "`text`, `json_object` or `json_schema`.", "`text`、`json_object` 或 `json_schema`。"),
      }),
      "The answer's form; `json_schema` has the schema in `json_schema.schema`.",
      "回答的格式；`json_schema` 的 schema 放在 `json_schema.schema`。",
    ),
    user: maybe(z.string(), "Your user, for the provider's abuse checks.", "您的使用者，供供應商查核濫用。"),
    metadata: maybe(z.looseObject({}), "Kept by OpenAI with stored answers.", "OpenAI 與所儲存的回答一併保存。"),
  }),
);

const finishReason = z.enum(["stop", "length", "tool_calls", "content_filter", "function_call"]);

const usage = described<Usage>()(
  z.looseObject({
    prompt_tokens: says(z.int(), "Cached ones included.", "包含快取的部分。"),
    completion_tokens: says(z.int(), "Reasoning included.", "包含推理的部分。"),
    total_tokens: says(z.int(), "The sum.", "總和。"),
    prompt_tokens_details: maybe(
      z.looseObject({ cached_tokens: perhaps(z.int(), "Read from a cache.", "取自快取。") }),
      "Of the prompt's.",
      "提示的明細。",
    ),
    completion_tokens_details: maybe(
      z.looseObject({ reasoning_tokens: perhaps(z.int(), "Thought before the answer.", "回答前的思考。") }),
      "Of the answer's.",
      "回答的明細。",
    ),
  }),
);

const thoughts = maybe(z.string(), "What the model thought before it answered.", "模型在回答之前的思考。");

const assistantMessage = described<AssistantMessage>()(
  z.looseObject({
    role: z.literal("assistant"),
    content: says(
      z.string().nullable(),
      "The answer; null where it is tool calls alone.",
      "回答；只有工具呼叫時為 null。",
    ),
    refusal: maybe(z.string(), "Why the model will not answer.", "模型拒絕回答的原因。"),
    reasoning_content: thoughts,
    tool_calls: perhaps(z.array(toolCall), "What the model wants to have called.", "模型要求呼叫的工具。"),
  }),
);

const choice = described<Choice>()(
  z.looseObject({
    index: says(z.int(), "Which of `n`.", "`n` 個之中的第幾個。"),
    message: assistantMessage,
    finish_reason: says(finishReason, "Why it ended.", "結束的原因。"),
    logprobs: says(z.unknown(), "Where they were asked for.", "有要求時才有。").optional(),
  }),
);

const chatCompletion = described<ChatCompletion>()(
  z.looseObject({
    id,
    object: z.literal("chat.completion"),
    created,
    model: answeredBy,
    choices: says(z.array(choice), "`n` answers.", "`n` 個回答。"),
    usage: usage.exactOptional(),
  }),
);

const delta = described<Delta>()(
  z.looseObject({
    role: perhaps(z.literal("assistant"), "With the first chunk.", "只在第一個 chunk。"),
    content: maybe(z.string(), "The next piece of the answer.", "回答的下一段。"),
    refusal: maybe(z.string(), "The next piece of a refusal.", "拒絕說明的下一段。"),
    reasoning_content: thoughts,
    tool_calls: perhaps(z.array(toolCallDelta), "The next pieces of calls.", "工具呼叫的下一段。"),
  }),
);

const chunkChoice = described<ChunkChoice>()(
  z.looseObject({
    index: says(z.int(), "Which of `n`.", "`n` 個之中的第幾個。"),
    delta,
    finish_reason: says(finishReason.nullable(), "With the last piece: why it ended.", "最後一段才有：結束的原因。"),
    logprobs: says(z.unknown(), "Where they were asked for.", "有要求時才有。").optional(),
  }),
);

const chatCompletionChunk = described<ChatCompletionChunk>()(
  z.looseObject({
    id,
    object: z.literal("chat.completion.chunk"),
    created,
    model: answeredBy,
    choices: says(z.array(chunkChoice), "Empty in the chunk with `usage`.", "帶有 `usage` 的 chunk 為空陣列。"),
    usage: says(
      usage.nullable(),
      "In the last chunk, if it was asked for.",
      "有要求時，在最後一個 chunk。",
    ).exactOptional(),
  }),
);

export const CHAT: Schemas = {
  ChatCompletionRequest: chatCompletionRequest,
  Message: message,
  ContentPart: contentPart,
  Tool: tool,
  ToolCall: toolCall,
  ChatCompletion: chatCompletion,
  Choice: choice,
  AssistantMessage: assistantMessage,
  ChatCompletionChunk: chatCompletionChunk,
  ChunkChoice: chunkChoice,
  Delta: delta,
  ToolCallDelta: toolCallDelta,
  Usage: usage,
};
