import { createInterface } from "node:readline";
import type { Message } from "../../api/chat.ts";
import { ApiError } from "../../api/error.ts";
import type { Language } from "../../messages/language.ts";
import type { Messages } from "../messages.ts";
import type { Terminal } from "../terminal.ts";
import { createAnswerView } from "./answer-view.ts";
import type { Ask } from "./ask.ts";
import { entries, type Entry } from "./entries.ts";

interface ConversationOptions extends Pick<Terminal, "input" | "output" | "note"> {
  readonly ask: Ask;
  readonly language: Language;
  readonly messages: Messages["run"];
}

/** A conversation at the terminal. Ends with `/exit`, the end of the input, or Ctrl+C while nothing is answered. */
export async function converse({ ask, input, output, note, language, messages }: ConversationOptions): Promise<void> {
  const lines = createInterface({ input, output, terminal: true });
  let answering: AbortController | undefined;
  let system: readonly Message[] = [];
  let history: readonly Message[] = [];

  async function answer(question: string): Promise<void> {
    const { signal } = (answering = new AbortController());
    const view = createAnswerView(output, true);
    const asked: readonly Message[] = [...history, { role: "user", content: question }];
    let text = "";
    try {
      for await (const piece of ask([...system, ...asked], signal)) {
        view.add(piece);
        if (piece.kind === "text") text += piece.text;
      }
      view.end();
    } catch (error) {
      if (!signal.aborted && !(error instanceof ApiError)) throw error;
      view.end();
      note(error instanceof ApiError ? error.said(language) : messages.stopped);
    } finally {
      answering = undefined;
    }
    // A question without an answer is forgotten: it may be what went wrong.
    if (text !== "") history = [...asked, { role: "assistant", content: text }];
  }

  function obey(name: string, argument: string): void {
    switch (name) {
      case "clear":
        history = [];
        return note(messages.cleared);
      case "system":
        system = argument === "" ? [] : [{ role: "system", content: argument }];
        return note(argument === "" ? messages.systemRemoved : messages.systemSet);
      case "help":
      case "?":
        return note(messages.commands);
      default:
        return note(messages.unknownCommand(name));
    }
  }

  lines.on("SIGINT", () => (answering === undefined ? lines.close() : answering.abort()));
  const prompt = (isOpen: boolean): void => {
    lines.setPrompt(isOpen ? "... " : ">>> ");
    lines.prompt();
  };
  try {
    for await (const entry of entries(lines, prompt)) {
      if (isFarewell(entry)) break;
      if (entry.kind === "question") await answer(entry.text);
      else obey(entry.name, entry.argument);
    }
  } finally {
    lines.close();
    output.write("\n");
  }
}

function isFarewell(entry: Entry): boolean {
  return entry.kind === "command" && ["exit", "quit", "bye"].includes(entry.name);
}
