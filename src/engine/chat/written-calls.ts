import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import type { TemplateMessage } from "../model.ts";
import { parsedJson } from "./json-value.ts";
import type { ToolFormat } from "./tool-format.ts";

/** A call of an earlier answer, as OpenAI's messages have it. */
export interface WrittenCall {
  readonly id: string;
  readonly type: string;
  readonly function: { readonly name: string; readonly arguments: unknown };
}

export function callsOf({ tool_calls: calls }: TemplateMessage): readonly WrittenCall[] {
  return isCalls(calls) ? calls : [];
}

function isCalls(value: unknown): value is readonly WrittenCall[] {
  return Array.isArray(value);
}

/** @throws EngineError `bad_request` for arguments that are no JSON object. */
export function argumentsOf({ function: { name, arguments: args } }: WrittenCall): object {
  const value = typeof args === "string" ? parsedJson(args.trim() === "" ? "{}" : args) : args;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new EngineError("bad_request", say.argumentsNoObject(name, String(args)));
}

/** Whether calls can be written in a format; others stand in no template that does not do it itself. */
export function isWritable({ call: { kind } }: ToolFormat): boolean {
  return kind === "object" || kind === "python" || kind === "named";
}

/** The calls as the model itself would have written them, for a template that leaves them out. */
export function writtenCalls(calls: readonly WrittenCall[], format: ToolFormat): string {
  const { open, close, isList, call: syntax } = format;
  const texts = calls.map((call) => writtenCall(call, format));
  if (!isList) return texts.map((text) => `${open}\n${text}\n${close}`).join("\n");
  return syntax.kind === "named" ? `${open}${texts.join("")}${close}` : `${open}[${texts.join(", ")}]${close}`;
}

function writtenCall(call: WrittenCall, { call: syntax }: ToolFormat): string {
  const { name } = call.function;
  const args = argumentsOf(call);
  if (syntax.kind === "object") return JSON.stringify({ [syntax.nameKey]: name, [syntax.argumentsKey]: args });
  if (syntax.kind === "named")
    return `${syntax.before}${syntax.isId ? call.id : name}${syntax.mark}${JSON.stringify(args)}${syntax.after}`;
  const members = Object.entries(args).map(([key, value]) => `${key}=${python(value)}`);
  return `${name}(${members.join(", ")})`;
}

/** A JSON value as Python writes it. */
function python(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${python(member)}`);
  return `{${members.join(", ")}}`;
}
