import { createLocalHub } from "../local-engine.ts";
import { huggingface } from "../providers/huggingface/index.ts";
import { type Command, loadSettings } from "./command.ts";
import { loadedModels } from "./running-server.ts";
import { byteSize, table } from "./table.ts";

/** Lists the models on this machine's disk, and which of them a running server has in memory. */
export const list: Command = async (args, context) => {
  const config = await loadSettings(args, context);
  const hub = await createLocalHub(config, { onProgress: () => undefined, onNotice: () => undefined });
  const [cached, loaded] = await Promise.all([hub.cached(), loadedModels(config, context)]);
  const models = cached
    .toSorted((one, other) => one.name.localeCompare(other.name))
    .map((model) => ({ ...model, ...(loaded && { loaded: loaded.has(`${huggingface.name}/${model.name}`) }) }));
  const { list } = context.messages;
  if (args.flags.has("json")) context.print(JSON.stringify({ models }, undefined, 2));
  else if (models.length === 0) context.note(list.empty);
  else {
    const rows = models.map(({ name, purpose, bytes, loaded: isLoaded }) => {
      return [name, list.purpose[purpose], byteSize(bytes), isLoaded === true ? list.yes : ""];
    });
    context.print(table([[...list.headings, loaded ? list.loaded : ""], ...rows]));
  }
  return 0;
};
