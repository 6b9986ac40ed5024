import { type Answer, type Conversation, titleOf, type Turn } from "./conversation.ts";

/** A conversation to be read elsewhere; of images only that they were there. */
export function toMarkdown(conversation: Conversation): string {
  const title = titleOf(conversation) ?? "Omniport";
  const { system } = conversation.settings;
  const head = [`# ${title}`, ...(system.trim() === "" ? [] : [`> ${system.trim().replaceAll("\n", "\n> ")}`])];
  return `${[...head, ...conversation.turns.flatMap(turnText)].join("\n\n")}\n`;
}

function turnText({ input, answers }: Turn): readonly string[] {
  const said =
    input.kind === "words"
      ? ["## User", input.text, ...(input.images.length > 0 ? [`*${input.images.length} × image*`] : [])]
      : ["## Tools", ...Object.values(input.results).map(fenced)];
  return [...said, ...answers.flatMap(answerText)];
}

function answerText({ model, content, toolCalls }: Answer): readonly string[] {
  const calls = toolCalls.map(({ function: called }) => fenced(`${called?.name}(${called?.arguments})`));
  return [`## ${model}`, ...(content === "" ? [] : [content]), ...calls];
}

function fenced(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}

const MAX_NAME = 40;

/** `harbours-of-taiwan.md`: letters and digits of any script. */
export function fileNameOf(conversation: Conversation, type: string): string {
  const words = (titleOf(conversation) ?? "").toLowerCase().match(/[\p{Letter}\p{Number}]+/gu) ?? [];
  return `${words.join("-").slice(0, MAX_NAME) || "conversation"}.${type}`;
}
