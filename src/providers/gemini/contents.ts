import type { ContentPart, Message, ToolCall } from "../../api/chat.ts";
import { invalidRequest } from "../../api/error.ts";
import type { RequestContext } from "../http-provider.ts";
import { mediaPart } from "./media.ts";
import type { Capabilities } from "./models.ts";
import type { FunctionNames } from "./names.ts";
import { echoedSignature, signatureIn, UNKNOWN_SIGNATURE } from "./signature.ts";
import type { Content, FunctionResponse, Part } from "./wire.ts";

/** What the reading of messages needs. */
export interface Conversation {
  readonly context: RequestContext;
  readonly can: Capabilities;
  readonly names: FunctionNames;
}

/** A message and its place in the request: `messages[2]`. */
interface Placed {
  readonly message: Message;
  readonly path: string;
}

/** Stands where Gemini wants a user's turn and there is none. */
const NOTHING = " ";

/**
 * OpenAI's messages as Gemini's turns. Neighbours of one role become one turn; the answers to a turn's function calls
 * stand in one turn of their own, in the order of the calls.
 *
 * @param instructions what stands before the messages, besides their own system messages.
 * @throws ApiError 400 when a tool call has no answer, or an answer no call: Gemini refuses both, as OpenAI does.
 */
export function contents(
  messages: readonly Message[],
  instructions: readonly string[],
  conversation: Conversation,
): { readonly contents: readonly Content[]; readonly systemInstruction?: Content } {
  const placed = messages.map((message, index) => ({ message, path: `messages[${index}]` }));
  const isSystem = ({ message: { role } }: Placed): boolean => role === "system" || role === "developer";
  const system = [...placed.filter(isSystem).map((one) => systemText(one, conversation)), ...instructions]
    .filter((text) => text !== "")
    .join("\n\n");
  const turns = merged(
    turnsOf(
      placed.filter((one) => !isSystem(one)),
      conversation,
    ),
  );

  if (turns.length === 0) return { contents: [user(system || NOTHING)] };
  if (system === "") return { contents: startingWithUser(turns) };
  if (!conversation.can.systemInstruction) return { contents: merged([user(system), ...turns]) };
  return { contents: startingWithUser(turns), systemInstruction: { parts: [{ text: system }] } };
}

function user(text: string): Content {
  return { role: "user", parts: [{ text }] };
}

/** A function call must follow a turn of the user. */
function startingWithUser(turns: readonly Content[]): readonly Content[] {
  return turns[0]?.role === "model" ? [user(NOTHING), ...turns] : turns;
}

function merged(turns: readonly Content[]): readonly Content[] {
  const all: Content[] = [];
  for (const turn of turns) {
    const last = all.at(-1);
    const joins = last !== undefined && last.role === turn.role && !answersCalls(last) && !answersCalls(turn);
    if (joins) all.splice(-1, 1, { ...last, parts: last.parts.concat(turn.parts) });
    else if (turn.parts.length > 0) all.push(turn);
  }
  return all;
}

function answersCalls(turn: Content): boolean {
  return turn.parts.some((part) => part.functionResponse !== undefined);
}

function turnsOf(placed: readonly Placed[], conversation: Conversation): readonly Content[] {
  const turns: Content[] = [];
  for (let at = 0; at < placed.length; at++) {
    const one = placed[at]!;
    if (one.message.role === "user") turns.push({ role: "user", parts: contentParts(one, conversation) });
    else if (one.message.role === "assistant") {
      const calls = callsOf(one.message);
      turns.push({ role: "model", parts: modelParts(one, calls, conversation) });
      if (calls.length === 0) continue;
      const end = placed.findIndex(({ message }, index) => index > at && !isAnswer(message));
      const answers = placed.slice(at + 1, end < 0 ? placed.length : end);
      turns.push({ role: "user", parts: answerParts(one, calls, answers, conversation) });
      at += answers.length;
    } else throw strayAnswer(one);
  }
  return turns;
}

function isAnswer({ role }: Message): boolean {
  return role === "tool" || role === "function";
}

function systemText(placed: Placed, conversation: Conversation): string {
  return contentParts(placed, conversation)
    .flatMap(({ text }) => {
      if (text === undefined)
        conversation.context.receipt.refuse(`${placed.path}.content`, {
          en: "must be text here.",
          "zh-TW": "這裡必須是文字。",
        });
      return text ?? [];
    })
    .join("");
}

/** A message's content as parts; empty ones are left out, as Gemini refuses them. */
function contentParts({ message, path }: Placed, { context }: Conversation): readonly Part[] {
  const { content } = message;
  if (message.name !== undefined && !isAnswer(message)) context.receipt.note("dropped", "messages.name");
  if (message["audio"] != null) context.receipt.note("dropped", "messages.audio");
  if (content == null || content === "") return [];
  if (typeof content === "string") return [{ text: content }];
  return content.flatMap((part, index) => contentPart(part, `${path}.content[${index}]`, context));
}

function contentPart(part: ContentPart, path: string, { receipt, images }: RequestContext): readonly Part[] {
  if (part["cache_control"] != null) receipt.note("dropped", "cache_control"); // Gemini caches by itself
  const text = part.type === "text" ? part.text : part.type === "refusal" ? part["refusal"] : undefined;
  if (typeof text === "string") return text === "" ? [] : [{ text }];
  const media = mediaPart(part, path, images);
  if (!media)
    receipt.refuse(path, {
      en: `has a type that Gemini does not take: '${part.type}'.`,
      "zh-TW": `Gemini 不接受這個型別：「${part.type}」。`,
    });
  const { detail } = Object(part["image_url"]) as { detail?: unknown };
  if (detail != null && detail !== "auto") receipt.note("dropped", "image_url.detail");
  return media ? [media] : [];
}

/** A call in the history, whichever of OpenAI's forms it has. */
interface Call {
  readonly id: string | undefined;
  readonly name: string;
  readonly args: string;
  readonly signature: string | undefined;
}

function callsOf(message: Message): readonly Call[] {
  const calls = (message.tool_calls ?? []).map(callOf);
  const old = message["function_call"];
  if (old == null) return calls;
  const { name, arguments: args } = Object(old) as { name?: unknown; arguments?: unknown };
  return [...calls, { id: undefined, name: string(name), args: string(args), signature: undefined }];
}

function callOf(call: ToolCall): Call {
  const { name, input } = Object(call["custom"]) as { name?: unknown; input?: unknown };
  return {
    id: call.id,
    name: call.function?.name ?? string(name),
    args: call.function?.arguments ?? JSON.stringify({ input: string(input) }),
    signature: echoedSignature(call),
  };
}

function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** All names of functions that the messages call. */
export function calledNames(messages: readonly Message[]): readonly string[] {
  return messages.flatMap((message) => callsOf(message).map(({ name }) => name));
}

function modelParts(placed: Placed, calls: readonly Call[], conversation: Conversation): readonly Part[] {
  const { message } = placed;
  const said = contentParts(placed, conversation);
  const refused = said.length === 0 && typeof message["refusal"] === "string" ? message["refusal"] : "";
  const parts = refused === "" ? said : [{ text: refused }];
  return [
    ...signed(parts, echoedSignature(message)),
    ...calls.map((call, at) => callPart(call, at === 0, conversation)),
  ];
}

/** A signature of the text belongs on its last part; where nothing was said it has an empty one for itself. */
function signed(parts: readonly Part[], thoughtSignature: string | undefined): readonly Part[] {
  if (thoughtSignature === undefined) return parts;
  const last = parts.at(-1) ?? { text: "" };
  return [...parts.slice(0, -1), { ...last, thoughtSignature }];
}

/** @param isFirst whether it is the first call of its turn: the one that must bear a signature. */
function callPart(call: Call, isFirst: boolean, { context, can, names }: Conversation): Part {
  const kept = call.id === undefined ? undefined : signatureIn(context.toolState.get(call.id));
  const signature = call.signature ?? kept ?? (isFirst && can.needsSignatures ? UNKNOWN_SIGNATURE : undefined);
  return {
    functionCall: { ...idOf(call), name: names.vendor(call.name), args: callArgs(call.args) },
    ...(signature !== undefined && { thoughtSignature: signature }),
  };
}

function idOf({ id }: Call): { readonly id?: string } {
  return id ? { id } : {};
}

/** The answers to a turn's calls, one each, in the order of the calls. */
function answerParts(
  { message, path }: Placed,
  calls: readonly Call[],
  answers: readonly Placed[],
  conversation: Conversation,
): readonly Part[] {
  const open = [...answers];
  const parts = calls.map((call) => {
    const at = open.findIndex(({ message }) => answersTo(message, call));
    const [answer] = at < 0 ? [] : open.splice(at, 1);
    if (!answer) throw unanswered(call, message, path);
    return answerPart(call, answer, conversation);
  });
  const [stray] = open;
  if (stray) throw strayAnswer(stray);
  return [...parts.map(({ response }) => response), ...parts.flatMap(({ beside }) => beside)];
}

function answersTo(message: Message, { id, name }: Call): boolean {
  return message.role === "function" ? message.name === name : message.tool_call_id === id;
}

interface Answer {
  readonly response: Part;
  /** Images of the answer that the response itself cannot hold. */
  readonly beside: readonly Part[];
}

function answerPart(call: Call, placed: Placed, conversation: Conversation): Answer {
  const parts = contentParts(placed, conversation);
  const text = parts.map((part) => part.text ?? "").join("");
  const media = parts.filter((part) => part.text === undefined);
  const inside = conversation.can.mediaInResponses
    ? media.flatMap(({ inlineData }) => (inlineData ? [{ inlineData }] : []))
    : [];
  const functionResponse: FunctionResponse = {
    ...idOf(call),
    name: conversation.names.vendor(call.name),
    response: object(text) ?? { result: text },
    ...(inside.length > 0 && { parts: inside }),
  };
  const beside = media.filter(({ inlineData }) => !inside.some((held) => held.inlineData === inlineData));
  return { response: { functionResponse }, beside };
}

/** Arguments that are no JSON object, as some models write them, must not end the whole conversation. */
function callArgs(text: string): Readonly<Record<string, unknown>> {
  return text.trim() === "" ? {} : (object(text) ?? { arguments: text });
}

/** A text as the JSON object that it is; undefined for other texts. */
function object(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined; // a tool may answer in any words
  }
}

function unanswered(call: Call, message: Message, path: string): Error {
  const field = message.tool_calls ? "tool_calls" : "function_call";
  return invalidRequest(
    {
      en: `An assistant message with '${field}' must be followed by messages that answer each call: '${call.id ?? call.name}' has no answer.`,
      "zh-TW": `帶有「${field}」的 assistant 訊息之後，必須有回覆每個呼叫的訊息：「${call.id ?? call.name}」沒有回覆。`,
    },
    `${path}.${field}`,
  );
}

function strayAnswer({ message, path }: Placed): Error {
  const id = message.tool_call_id ?? message.name ?? "";
  return invalidRequest(
    {
      en: `A message with role '${message.role}' must answer a call of the assistant message before it: '${id}' answers none.`,
      "zh-TW": `角色為「${message.role}」的訊息，必須回覆先前 assistant 訊息中的呼叫：「${id}」沒有對應的呼叫。`,
    },
    `${path}.role`,
  );
}
