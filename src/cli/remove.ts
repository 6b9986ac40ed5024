import { createInterface } from "node:readline/promises";
import { createLocalHub } from "../local-engine.ts";
import { UsageError } from "./arguments.ts";
import { isSame, localReference } from "./catalogue.ts";
import { type Command, type CommandContext, loadSettings } from "./command.ts";
import { byteSize } from "./table.ts";

/** Removes a model's files, and what was made of them, after asking. */
export const remove: Command = async (args, context) => {
  const [name] = args.positionals;
  if (name === undefined) throw new UsageError({ type: "model_missing", command: "rm" });
  const { rm } = context.messages;
  const config = await loadSettings(args, context);
  const hub = await createLocalHub(config, { onProgress: () => undefined, onNotice: () => undefined });
  const reference = localReference(config, name);
  if (!args.flags.has("yes")) {
    if (context.input.isTTY !== true) throw new UsageError({ type: "yes_missing" });
    const models = (await hub.cached()).filter((model) => isSame(model.name, reference));
    const names = models.length > 0 ? models.map(({ name }) => name).join(", ") : reference;
    if (!(await confirm(rm.question(names), rm.yes, context))) {
      context.note(rm.kept);
      return 1;
    }
  }
  context.print(rm.done(reference, byteSize(await hub.remove(reference))));
  return 0;
};

/** Whether a person answers with yes; no answer, and the end of the input or Ctrl+C, is no. */
async function confirm(question: string, yes: RegExp, { input, output }: CommandContext): Promise<boolean> {
  const lines = createInterface({ input, output });
  const end = new Promise<undefined>((resolve) => lines.once("close", () => resolve(undefined)));
  try {
    const answer = await Promise.race([lines.question(question), end]);
    if (answer === undefined) output.write("\n");
    return yes.test((answer ?? "").trim());
  } finally {
    lines.close();
  }
}
