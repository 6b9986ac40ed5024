import type { LocalModelState, Model } from "../../../src/api/models.ts";

/** A model on this machine, or on its way here. */
export interface KeptModel {
  readonly id: string;
  /** Short names that stand for it: `local/chat`. */
  readonly names: readonly string[];
  readonly omniport: LocalModelState;
}

const PREFIX = "huggingface/";
const ORDER: Readonly<Record<LocalModelState["state"], number>> = {
  loaded: 0,
  loading: 1,
  converting: 2,
  downloading: 3,
  ready: 4,
  failed: 5,
  absent: 6,
};

/** The models that are here or on their way: what is in memory first, then by name. */
export function keptModels(models: readonly Model[]): readonly KeptModel[] {
  const local = models.flatMap(({ id, omniport }) =>
    omniport && omniport.state !== "absent" ? [{ id, omniport }] : [],
  );
  const names = local.filter(({ id }) => isShortName(id));
  const standsFor = (name: string, id: string): boolean => isSame(id, fullName(name, models));
  const kept = local.filter(({ id }) => !isShortName(id));
  const alone = names.filter((name) => !kept.some(({ id }) => standsFor(name.id, id)));
  return [...kept, ...alone]
    .map(({ id, omniport }) => ({
      id,
      names: names.map((name) => name.id).filter((name) => name !== id && standsFor(name, id)),
      omniport,
    }))
    .toSorted((a, b) => ORDER[a.omniport.state] - ORDER[b.omniport.state] || a.id.localeCompare(b.id));
}

/** The model of that name, where it is here or on its way. @param name also a short one, or one without a quantisation. */
export function findKept(name: string, models: readonly Model[]): KeptModel | undefined {
  const wanted = fullName(name, models);
  return keptModels(models).find(({ id, names }) => isSame(id, wanted) || names.includes(name) || id === name);
}

/** `huggingface/Qwen/Qwen3-0.6B-GGUF:Q8_0` for `local/chat`; other names as they are. */
function fullName(name: string, models: readonly Model[]): string {
  const reference = models.find(({ id }) => id === name)?.omniport?.reference;
  return reference === undefined ? name : PREFIX + reference;
}

function isShortName(id: string): boolean {
  return id.startsWith("local/");
}

/** The hub tells no upper case from lower; a name without a quantisation means any. */
function isSame(kept: string, asked: string): boolean {
  const [name, wanted] = [kept.toLowerCase(), asked.toLowerCase()];
  return name === wanted || (!wanted.includes(":") && name.startsWith(`${wanted}:`));
}

/**
 * A model's name as the server knows it, of what somebody has typed or copied from the hub: its address, `owner/repo`,
 * `hf.co/owner/repo:Q4_K_M`. Undefined for what can be none.
 */
export function modelName(typed: string): string | undefined {
  const name = typed
    .trim()
    .replace(/^https?:\/\//, "")
    .replace(/^(www\.)?(huggingface\.co|hf\.co)\//, "")
    .replace(/\/(tree|blob|resolve)\/.*$/, "")
    .replace(/[?#].*$/, "")
    .replace(/\/$/, "")
    .replace(/^(huggingface|hf)\//, "");
  if (/^local\/(chat|tiny|embed)$/.test(name)) return name;
  return /^([\w.-]+\/)?[\w.-]+(@[\w./-]+)?(:\w+)?$/.test(name) ? PREFIX + name : undefined;
}

/** Without the prefix that all of them have. */
export function shownName(id: string): string {
  return id.startsWith(PREFIX) ? id.slice(PREFIX.length) : id;
}
