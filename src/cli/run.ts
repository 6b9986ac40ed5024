import { text } from "node:stream/consumers";
import type { Config } from "../config.ts";
import { UsageError } from "./arguments.ts";
import { createAnswerView } from "./chat/answer-view.ts";
import { type Ask, createAsk } from "./chat/ask.ts";
import { converse } from "./chat/conversation.ts";
import { type OwnServer, startOwnServer } from "./chat/own-server.ts";
import { type Command, type CommandContext, loadSettings } from "./command.ts";
import { interruptible } from "./interrupt.ts";
import { namedServer } from "./running-server.ts";

/** Chats with a model at the terminal, or answers one prompt: that of the arguments, or what is piped in. */
export const run: Command = async (args, context) => {
  const [model, ...words] = args.positionals;
  if (model === undefined) throw new UsageError({ type: "model_missing", command: "run" });
  const config = await loadSettings(args, context);
  const prompt = await onePrompt(words, context);
  const server = await findServer(config, context);
  try {
    const ask = createAsk(server, model);
    if (prompt !== undefined) return await answerOnce(ask, prompt, context);
    const { input, output, note, language, messages } = context;
    note(messages.run.welcome(model));
    await converse({ ask, input, output, note, language, messages: messages.run });
    return 0;
  } finally {
    await server.close();
  }
};

/** @returns undefined where a person is to be asked. */
async function onePrompt(words: readonly string[], { input }: CommandContext): Promise<string | undefined> {
  if (words.length > 0) return words.join(" ");
  if (input.isTTY === true) return undefined;
  const piped = (await text(input)).trim();
  if (piped === "") throw new UsageError({ type: "prompt_missing" });
  return piped;
}

/** The running server that OMNIPORT_URL names, or one of our own, which says nothing about calls that go well. */
async function findServer(config: Config, context: CommandContext): Promise<OwnServer> {
  const named = await namedServer(config, context);
  if (named) return { ...named, close: async () => undefined };
  const isAsked = context.environment["LOG_LEVEL"] !== undefined;
  return startOwnServer(isAsked ? config : { ...config, logLevel: "error" });
}

function answerOnce(ask: Ask, prompt: string, context: CommandContext): Promise<number> {
  const view = createAnswerView(context.output, false);
  const work = async (signal: AbortSignal): Promise<void> => {
    for await (const piece of ask([{ role: "user", content: prompt }], signal)) view.add(piece);
  };
  return interruptible(work, () => undefined).finally(() => view.end());
}
