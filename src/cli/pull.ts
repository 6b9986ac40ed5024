import type { Hub } from "../engine/hub/hub.ts";
import type { Purpose } from "../engine/hub/needed-files.ts";
import { parseReference } from "../engine/reference.ts";
import { createLocalHub } from "../local-engine.ts";
import { type Arguments, UsageError } from "./arguments.ts";
import { localReference } from "./catalogue.ts";
import { type Command, loadSettings } from "./command.ts";
import { interruptible } from "./interrupt.ts";
import { createProgressView } from "./progress.ts";

/** Downloads a model's files, so that its first call need not wait for them. */
export const pull: Command = async (args, context) => {
  const [name] = args.positionals;
  if (name === undefined) throw new UsageError({ type: "model_missing", command: "pull" });
  const config = await loadSettings(args, context);
  const view = createProgressView(context);
  const hub = await createLocalHub(config, { onProgress: view.show, onNotice: context.note });
  const reference = localReference(config, name);
  const work = async (signal: AbortSignal): Promise<void> => {
    const purpose = await purposeOf(args, hub, reference, signal);
    const { directory, revision, files } = await hub.snapshot(parseReference(reference), purpose, signal);
    view.close();
    const answer = { model: name, purpose, directory, revision, files };
    context.print(
      args.flags.has("json") ? JSON.stringify(answer, undefined, 2) : context.messages.pull.done(name, directory),
    );
  };
  try {
    return await interruptible(work, () => {
      view.close(); // else the bar's end would wipe the line out
      context.note(context.messages.failure.interrupted);
    });
  } finally {
    view.close();
  }
};

/** What a model is made for: as `--embedding` says, or as its files do. */
export async function purposeOf(
  { flags }: Arguments,
  hub: Hub,
  reference: string,
  signal: AbortSignal,
): Promise<Purpose> {
  return flags.has("embedding") ? "embedding" : await hub.purposeOf(parseReference(reference), signal);
}
