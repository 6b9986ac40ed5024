import type { Message as ChatMessage, ToolCall } from "../../api/chat.ts";
import { say } from "../../messages/say.ts";
import { argumentsText } from "../openai-compatible/completion.ts";
import type { RequestContext } from "../http-provider.ts";
import { cacheControl, contentBlocks, textBlocks } from "./content.ts";
import { echoedThoughts, keptContent, type Thought, thoughts } from "./thinking-state.ts";
import { createToolIds, type ToolIds } from "./tool-ids.ts";
import type {
  BlockParam,
  ContentBlock,
  TextBlockParam,
  ToolResultBlockParam,
  ToolUseBlockParam,
  Turn,
} from "./wire.ts";

export interface Conversation {
  readonly system: readonly TextBlockParam[];
  readonly turns: readonly Turn[];
}

/** Stands where the vendor wants words and there are none. */
const NO_WORDS: TextBlockParam = { type: "text", text: "." };

/**
 * OpenAI's messages as turns of user and assistant, and the instructions of all system and developer messages in order.
 * The turns keep the vendor's rules whatever the history looks like: they begin with the user's, no block is blank, and
 * every call is answered at the beginning of the turn after it.
 */
export function conversation(messages: readonly ChatMessage[], context: RequestContext): Conversation {
  const system: TextBlockParam[] = [];
  const turns: { role: Turn["role"]; content: BlockParam[] }[] = [];
  const ids = createToolIds();
  /** The calls of the latest assistant's turn that wait for a result: the client's id to ours. */
  const waiting = new Map<string, string>();

  const add = (role: Turn["role"], content: readonly BlockParam[]): void => {
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else if (content.length > 0) turns.push({ role, content: [...content] });
  };

  const addAssistant = (message: ChatMessage, path: string): void => {
    const content = assistantBlocks(message, path, context, ids);
    if (turns.at(-1)?.role !== "assistant") waiting.clear();
    const calls = content.filter((block) => block.type === "tool_use");
    (message.tool_calls ?? []).forEach((call, index) => waiting.set(call.id, calls[index]?.id ?? call.id));
    add("assistant", content);
  };

  messages.forEach((message, index) => {
    const path = `messages[${index}]`;
    if (message.name != null) context.receipt.note("dropped", "messages.name");
    switch (message.role) {
      case "system":
      case "developer":
        system.push(...marked(message, instructions(message, path, context)));
        break;
      case "user":
        add("user", marked(message, orNoWords(contentBlocks(message.content, path, context))));
        break;
      case "assistant":
        addAssistant(message, path);
        break;
      case "tool":
        add("user", toolResult(message, path, context, waiting));
        break;
      case "function":
        context.receipt.refuse(path, {
          en: "has the role 'function': use 'tool' with a 'tool_call_id'.",
          "zh-TW": "角色是「function」：請改用「tool」並附上「tool_call_id」。",
        });
        break;
      default:
        message.role satisfies never;
    }
  });
  return withUser(system, answered(turns));
}

function instructions(message: ChatMessage, path: string, context: RequestContext): readonly TextBlockParam[] {
  const blocks = contentBlocks(message.content, path, context);
  const text = blocks.filter((block) => block.type === "text");
  if (text.length < blocks.length)
    context.receipt.refuse(path, {
      en: "holds more than text: images and files belong to the user.",
      "zh-TW": "含有文字以外的內容：圖片與檔案應放在使用者的訊息中。",
    });
  return text;
}

function orNoWords<T>(blocks: readonly T[]): readonly (T | TextBlockParam)[] {
  return blocks.length > 0 ? blocks : [NO_WORDS];
}

/** A cache mark on the whole message goes to its last block. */
function marked<T extends BlockParam>(message: ChatMessage, blocks: readonly T[]): readonly T[] {
  const mark = cacheControl(message);
  return blocks.map((block, index) => (index === blocks.length - 1 ? { ...block, ...mark } : block));
}

/** The thoughts come first, then the text, then the calls; where the answer itself was kept, it goes back as it came. */
function assistantBlocks(
  message: ChatMessage,
  path: string,
  context: RequestContext,
  ids: ToolIds,
): readonly BlockParam[] {
  const { receipt, toolState } = context;
  if (message["function_call"] != null) receipt.refuse(`${path}.function_call`, say.unknownHere("tool_calls"));
  const text = contentBlocks(message.content, path, context);
  const refusal = typeof message["refusal"] === "string" ? textBlocks(message["refusal"]) : [];
  const calls = (message.tool_calls ?? []).map(toolUse);

  const kept = keptContent(message, toolState);
  if (kept && isSame(kept, text, calls)) return asItCame(kept, ids);
  const state = kept ? thoughts(kept) : echoedThoughts(message);
  if (state.length === 0 && message["reasoning_content"]) receipt.note("dropped", "messages.reasoning_content");
  if (text.length + refusal.length + calls.length === 0) return [];
  const uses = calls.map((call) => ({ ...call, id: ids.assign(call.id) }));
  return [...state, ...marked<Exclude<BlockParam, Thought>>(message, [...text, ...refusal, ...uses])];
}

function toolUse(call: ToolCall): ToolUseBlockParam {
  const custom = call["custom"] as { name?: string; input?: string } | undefined;
  const name = call.function?.name ?? custom?.name ?? "";
  const input = call.function ? toolInput(call.function.arguments) : { input: custom?.input ?? "" };
  return { type: "tool_use", id: call.id, name, input, ...cacheControl(call) };
}

/** Arguments that are no JSON object, such as those of an answer that was cut, go as they are in a field of one. */
function toolInput(text: string): Readonly<Record<string, unknown>> {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // The model wrote it, and shall see what it wrote.
  }
  return { arguments: text };
}

/** Whether a message that a client sent is the answer that was kept: the client may have edited it. */
function isSame(
  kept: readonly ContentBlock[],
  text: readonly BlockParam[],
  calls: readonly ToolUseBlockParam[],
): boolean {
  const keptCalls = kept.filter((block) => block.type === "tool_use");
  return (
    joinedText(kept) === joinedText(text) &&
    keptCalls.length === calls.length &&
    keptCalls.every(({ id, name, input }, index) => {
      const call = calls[index];
      return id === call?.id && name === call.name && argumentsText(input) === JSON.stringify(call.input);
    })
  );
}

function joinedText(blocks: readonly { readonly type: string }[]): string {
  return blocks
    .map((block) => (block.type === "text" ? (block as TextBlockParam).text : ""))
    .join("")
    .trim();
}

function asItCame(kept: readonly ContentBlock[], ids: ToolIds): readonly BlockParam[] {
  return kept.flatMap((block): readonly BlockParam[] => {
    if (block.type === "text" && block.text.trim() === "") return [];
    if (block.type !== "tool_use") return [block];
    return [{ ...block, id: ids.assign(block.id), input: toolInput(argumentsText(block.input)) }];
  });
}

/** A result whose call is not in the turn before has no place as such: the model reads it as text. */
function toolResult(
  message: ChatMessage,
  path: string,
  context: RequestContext,
  waiting: Map<string, string>,
): readonly BlockParam[] {
  const content = contentBlocks(message.content, path, context);
  const tool_use_id = waiting.get(message.tool_call_id ?? "");
  if (tool_use_id === undefined) return content;
  waiting.delete(message.tool_call_id ?? "");
  const result: ToolResultBlockParam = {
    type: "tool_result",
    tool_use_id,
    ...(content.length > 0 && { content }),
    ...(message["is_error"] === true && { is_error: true }),
    ...cacheControl(message),
  };
  return [result];
}

/** Puts the results of a turn's calls at the beginning of the next one; missing ones are said to be missing. */
function answered(turns: readonly Turn[]): readonly Turn[] {
  return turns.flatMap((turn, index) => {
    if (turn.role === "user") {
      const calls = turns[index - 1]?.content.filter((block) => block.type === "tool_use") ?? [];
      return [
        { role: "user", content: [...results(calls, turn), ...turn.content.filter((b) => b.type !== "tool_result")] },
      ];
    }
    const calls = turn.content.filter((block) => block.type === "tool_use");
    const isLast = index === turns.length - 1;
    return isLast && calls.length > 0 ? [turn, { role: "user", content: results(calls) }] : [turn];
  });
}

function results(calls: readonly ToolUseBlockParam[], turn?: Turn): readonly ToolResultBlockParam[] {
  const given = turn?.content.filter((block) => block.type === "tool_result") ?? [];
  return calls.map(
    ({ id }) =>
      given.find(({ tool_use_id }) => tool_use_id === id) ?? {
        type: "tool_result",
        tool_use_id: id,
        content: [{ type: "text", text: "No result: the call was not carried out." }],
        is_error: true,
      },
  );
}

/** The first turn is the user's. Instructions alone are taken for it. */
function withUser(system: readonly TextBlockParam[], turns: readonly Turn[]): Conversation {
  if (turns.length === 0) return { system: [], turns: [{ role: "user", content: orNoWords(system) }] };
  const opening: readonly Turn[] = turns[0]?.role === "user" ? [] : [{ role: "user", content: [NO_WORDS] }];
  return { system, turns: [...opening, ...turns] };
}

/** A last turn of the assistant's is one that the model shall continue; not every model does. */
export function withoutPrefill(
  { system, turns }: Conversation,
  context: RequestContext,
  hasPrefill: boolean,
): Conversation {
  const last = turns.at(-1);
  if (last?.role !== "assistant") return { system, turns };
  if (hasPrefill) return { system, turns: [...turns.slice(0, -1), { ...last, content: trimmedEnd(last.content) }] };
  context.receipt.note("emulated", "messages");
  return { system, turns: [...turns, { role: "user", content: [{ type: "text", text: "Continue." }] }] };
}

/** White space at the end of what shall be continued is refused. */
function trimmedEnd(content: readonly BlockParam[]): readonly BlockParam[] {
  return content.map((block, index) =>
    index === content.length - 1 && block.type === "text" ? { ...block, text: block.text.trimEnd() } : block,
  );
}
