/** What a model takes, as far as models differ. */
export interface Capabilities {
  readonly hasImages: boolean;
  /** Whether its thinking can be switched off. */
  readonly canStopThinking: boolean;
  readonly thinks: boolean;
  /** Whether a JSON schema binds its answer. */
  readonly hasJsonSchema: boolean;
}

const NEWEST: Capabilities = { hasImages: true, canStopThinking: true, thinks: true, hasJsonSchema: false };

/**
 * The first pattern that fits counts; what fits none is newer than this table.
 * Source: https://platform.minimax.io/docs/guides/models-intro
 */
const FAMILIES: readonly (readonly [RegExp, Capabilities])[] = [
  [/^minimax-text-01/i, { hasImages: true, canStopThinking: false, thinks: false, hasJsonSchema: true }],
  [/^minimax-m[12](\D|$)/i, { hasImages: false, canStopThinking: false, thinks: true, hasJsonSchema: false }],
  [/^abab/i, { hasImages: false, canStopThinking: false, thinks: false, hasJsonSchema: false }],
];

export function capabilities(model: string): Capabilities {
  return FAMILIES.find(([pattern]) => pattern.test(model))?.[1] ?? NEWEST;
}

/** MiniMax minds the case of its models' names; clients need not. */
export function modelName(model: string): string {
  if (!/^minimax-/i.test(model)) return model;
  const parts = model.toLowerCase().split("-").slice(1);
  return ["MiniMax", ...parts.map((part) => (LOWER_CASE.has(part) ? part : capitalized(part)))].join("-");
}

const LOWER_CASE = new Set(["highspeed", "lightning"]);

function capitalized(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
