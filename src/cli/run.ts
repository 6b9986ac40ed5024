import { text } from "node:stream/consumers";
import type { Config } from "../config.ts";
import { providers } from "../providers/index.ts";
import { UsageError } from "./arguments.ts";
import { servedName } from "./catalogue.ts";
import { createAnswerView } from "./chat/answer-view.ts";
import { type Ask, createAsk } from "./chat/ask.ts";
import { converse } from "./chat/conversation.ts";
import { type OwnServer, startOwnServer } from "./chat/own-server.ts";
import { type Command, type CommandContext, loadSettings } from "./command.ts";
import { interruptible } from "./interrupt.ts";
import { namedServer } from "./running-server.ts";

/**
 * Chats with a model at the terminal, or answers one prompt: that of the arguments, or what is piped in. The server is the
 * running one that OMNIPORT_URL names, or one of our own.
 */
export const run: Command = async (args, context) => {
  const [model, ...words] = args.positionals;
  if (model === undefined) throw new UsageError({ type: "model_missing", command: "run" });
  context.output.once("error", leaveQuietly);
  const config = await loadSettings(args, context);
  const prompt = await onePrompt(words, context);
  const named = await namedServer(config, context);
  const server = named ? { ...named, close: async () => undefined } : await ownServer(config, context);
  try {
    // What prefixes another server knows is its own to say.
    const ask = createAsk(server, named ? model : servedName(config, providers, model));
    if (prompt !== undefined) return await answerOnce(ask, prompt, context);
    const { input, output, note, language, messages } = context;
    note(messages.run.welcome(model));
    await converse({ ask, input, output, note, language, messages: messages.run });
    return 0;
  } finally {
    await server.close();
  }
};

/** Whoever reads the answer, such as `head`, may have read enough: that is no failure. */
function leaveQuietly(error: Error): void {
  if (!("code" in error && error.code === "EPIPE")) throw error;
  process.exit();
}

/** @returns undefined where a person is to be asked. */
async function onePrompt(words: readonly string[], { input }: CommandContext): Promise<string | undefined> {
  if (words.length > 0) return words.join(" ");
  if (input.isTTY === true) return undefined;
  const piped = (await text(input)).trim();
  if (piped === "") throw new UsageError({ type: "prompt_missing" });
  return piped;
}

/** It says nothing about calls that go well. */
function ownServer(config: Config, context: CommandContext): Promise<OwnServer> {
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
