import { offer } from "../api/models.ts";
import { text } from "../text/text.ts";
import { type Answer, isRunning } from "./conversation.ts";
import { type Block, blocks } from "./markdown/blocks.ts";
import { waitOf } from "./waits-for.ts";

/**
 * What is to be read out of an answer that has grown: the blocks that are whole by now, in plain words, what it waits
 * for, and that it was stopped. Never half a sentence.
 *
 * @param before what was read out last time; undefined for a new answer.
 */
export function spokenWords(before: Answer | undefined, after: Answer): readonly string[] {
  const goesOn = before !== undefined && after.content.startsWith(before.content);
  const heard = goesOn ? wholeBlocks(before).length : 0;
  const [waited, waits, stopped] = [before && waitWords(before), waitWords(after), text.value.playground.stopped];
  return [
    ...(waits !== undefined && waits !== waited ? [waits] : []),
    ...wholeBlocks(after).slice(heard).map(plainWords),
    ...(after.state === "stopped" && before?.state !== "stopped" ? [stopped] : []),
  ];
}

/** The last one grows as long as the answer does. */
function wholeBlocks(answer: Answer): readonly Block[] {
  const all = blocks(answer.content);
  return isRunning(answer) ? all.slice(0, -1) : all;
}

function plainWords(block: Block): string {
  if (block.kind === "code") {
    return text.value.playground.codeSpoken(block.language, block.code.split("\n").length);
  }
  return new DOMParser().parseFromString(block.html(), "text/html").body.textContent.trim();
}

function waitWords(answer: Answer): string | undefined {
  if (answer.state !== "waiting") return undefined;
  const { playground } = text.value;
  const wait = waitOf(answer, offer.value.models);
  return wait ? playground.waits[wait.state](wait.model) : playground.waiting;
}
