import { constants } from "node:os";
import type { Purpose } from "../engine/hub/needed-files.ts";
import { createLocalEngine } from "../local-engine.ts";
import { UsageError } from "./arguments.ts";
import { withoutPrefix } from "./catalogue.ts";
import { type Command, loadSettings } from "./command.ts";
import { createProgressView } from "./progress.ts";

const INTERRUPTED = 128 + constants.signals.SIGINT;

/** Downloads a model's files, so that its first call need not wait for them. */
export const pull: Command = async ({ positionals, flags, ...rest }, context) => {
  const [name] = positionals;
  if (name === undefined) throw new UsageError({ type: "model_missing" });
  const config = await loadSettings({ positionals, flags, ...rest }, context);
  const model = config.aliases.get(name)?.models[0] ?? name;
  const purpose = flags.has("embedding") ? "embedding" : guessPurpose(model);

  const view = createProgressView(context);
  const engine = await createLocalEngine(config, { onProgress: view.show, onNotice: context.note });
  const interrupt = new AbortController();
  const stop = () => interrupt.abort();
  process.once("SIGINT", stop);
  try {
    const { directory, revision, files } = await engine.pull(withoutPrefix(model), purpose, interrupt.signal);
    view.close();
    const answer = { model: name, purpose, directory, revision, files };
    context.print(
      flags.has("json") ? JSON.stringify(answer, undefined, 2) : context.messages.pull.done(name, directory),
    );
    return 0;
  } catch (error) {
    view.close();
    if (!interrupt.signal.aborted) throw error;
    context.note(context.messages.failure.interrupted);
    return INTERRUPTED;
  } finally {
    process.off("SIGINT", stop);
    await engine.close();
  }
};

/** By the names that makers of embedding models give them. */
export function guessPurpose(model: string): Purpose {
  const name = withoutPrefix(model).toLowerCase();
  if (name === "local/embed" || name.startsWith("sentence-transformers/")) return "embedding";
  const last = name.split("/").at(-1) ?? name;
  // A name without an owner is one of the sentence-transformers library's.
  const isBare = !name.includes("/");
  return isBare || /^(bge|gte|e5|all|paraphrase|multi-qa|multilingual-e5)-|embed/.test(last) ? "embedding" : "chat";
}
