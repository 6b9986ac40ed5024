import type { LocalModelState, Model } from "../../../src/api/models.ts";

/** What a model is wanted for. */
export type Use = "chat" | "embeddings";

/** Models of one provider, or those of this machine, under one heading. */
export interface ModelGroup {
  /** The provider's name; `local` for this machine, `alias` for names of the user's own. */
  readonly name: string;
  readonly models: readonly OfferedModel[];
}

export interface OfferedModel {
  readonly id: string;
  readonly local: LocalModelState | undefined;
}

const LOCAL = "local";
const ALIAS = "alias";
/** Names by which models that make vectors are known; a provider's list does not say. */
const EMBEDDING_NAME = /embed|(?:^|[/-])(?:bge|e5|gte|minilm|sbert|mpnet)(?:-|$)/i;
const RERANKER_NAME = /rerank|cross-encoder/i;

/** Those that fit the use and have all words of the search in their name: this machine's first. */
export function groupModels(models: readonly Model[], use: Use, search: string): readonly ModelGroup[] {
  const words = search.toLowerCase().split(/\s+/);
  const fitting = models.filter(
    (model) => isFor(model, use) && words.every((word) => model.id.toLowerCase().includes(word)),
  );
  const groups = Map.groupBy(fitting, groupOf);
  return [...groups]
    .toSorted(([one], [other]) => rank(one) - rank(other) || one.localeCompare(other))
    .map(([name, members]) => ({ name, models: members.map(({ id, omniport }) => ({ id, local: omniport })) }));
}

function isFor({ id, omniport }: Model, use: Use): boolean {
  if (omniport?.purpose !== undefined)
    return (omniport.purpose === "embedding") === (use === "embeddings") && omniport.purpose !== "rerank";
  if (RERANKER_NAME.test(id)) return false;
  return EMBEDDING_NAME.test(id) === (use === "embeddings");
}

function groupOf({ id, omniport }: Model): string {
  if (omniport) return LOCAL;
  return id.includes("/") ? (id.split("/", 1)[0] ?? ALIAS) : ALIAS;
}

function rank(group: string): number {
  return [LOCAL, ALIAS].indexOf(group) === -1 ? 2 : [LOCAL, ALIAS].indexOf(group);
}
