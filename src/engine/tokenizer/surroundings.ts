/** What stands around a text: `[CLS]` and `[SEP]`, or a BOS alone. */
export interface SpecialTokens {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Two texts joined, special tokens around them; a token's type is 0 or 1, by the text that it belongs to. */
export interface TokenPair {
  readonly ids: readonly number[];
  readonly types: readonly number[];
}

/** Puts special tokens around the tokens of one text, or of two. */
export type PostProcess = (
  tokens: readonly string[],
  second: readonly string[] | null,
  addSpecialTokens: boolean,
) => { readonly tokens: readonly string[]; readonly token_type_ids?: readonly number[] };

export interface Surroundings {
  readonly ofOne: SpecialTokens;
  join(first: readonly number[], second: readonly number[]): TokenPair;
}

/** Stand for the tokens of each text; no token is a lone control character. */
const [FIRST, SECOND] = ["\u0001", "\u0002"] as const;

/**
 * Every kind of post-processor puts its tokens around those of the texts, whichever these are.
 * @param post undefined where nothing stands around a text.
 */
export function surroundings(
  post: PostProcess | undefined,
  tokenId: (token: string) => number | undefined,
): Surroundings {
  const ids = (tokens: readonly string[]): readonly number[] => tokens.flatMap((token) => tokenId(token) ?? []);
  const one = post?.([FIRST], null, true).tokens ?? [FIRST];
  const two = post?.([FIRST], [SECOND], true) ?? { tokens: [FIRST, SECOND], token_type_ids: [0, 1] };
  const at = one.indexOf(FIRST);
  return {
    ofOne: { before: ids(one.slice(0, at)), after: ids(one.slice(at + 1)) },
    join(first, second) {
      const parts = two.tokens.map((token, index) => {
        const all = token === FIRST ? first : token === SECOND ? second : ids([token]);
        return { all, type: two.token_type_ids?.[index] ?? 0 };
      });
      return { ids: parts.flatMap(({ all }) => all), types: parts.flatMap(({ all, type }) => all.map(() => type)) };
    },
  };
}
