import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import type { AddedToken } from "./tokenizer-json.ts";

/** A token as older repositories write it: its text alone, or how it is matched as well. */
export type TokenText = string | (Partial<AddedToken> & { readonly content: string });

const ROLES = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"] as const;

/** What a repository says of its special tokens, each in the role that it has. */
export type SpecialTokens = {
  readonly [Role in (typeof ROLES)[number]]?: TokenText | null;
} & { readonly additional_special_tokens?: readonly TokenText[] | null };

/** `tokenizer_config.json`, as far as it matters where there is no `tokenizer.json`. */
export interface TokenizerConfig extends SpecialTokens {
  readonly tokenizer_class?: string;
  readonly add_prefix_space?: boolean;
  readonly add_bos_token?: boolean;
  /** Of a model of sentencepiece: a space is put before all that follows a special token, too, not only before the text. */
  readonly legacy?: boolean | null;
  readonly added_tokens_decoder?: Readonly<Record<string, Partial<AddedToken> & { readonly content: string }>>;
}

/** A token that is found in a text before the tokenizer's own rules are applied. */
export function addedToken(id: number, token: TokenText, special = true): AddedToken {
  const known = typeof token === "string" ? { content: token } : token;
  return { single_word: false, lstrip: false, rstrip: false, normalized: false, special, ...known, id };
}

export function tokenText(token: TokenText | null | undefined): string | undefined {
  return typeof token === "string" ? token : token?.content;
}

/**
 * The tokens that a repository adds to its vocabulary, or sets apart in it: from `tokenizer_config.json`,
 * `special_tokens_map.json` and `added_tokens.json`, by id.
 *
 * @param usual those of the family, for repositories that do not say.
 */
export async function readAddedTokens(
  snapshot: Snapshot,
  vocab: Readonly<Record<string, number>>,
  usual: SpecialTokens = {},
): Promise<readonly AddedToken[]> {
  const config = (await readJson<TokenizerConfig>(snapshot, "tokenizer_config.json")) ?? {};
  const map = (await readJson<SpecialTokens>(snapshot, "special_tokens_map.json")) ?? {};
  const more = (await readJson<Readonly<Record<string, number>>>(snapshot, "added_tokens.json")) ?? {};
  const ids: Readonly<Record<string, number>> = { ...vocab, ...more };
  const special = [usual, map, config].flatMap(specialTokens).flatMap((token) => {
    const id = ids[tokenText(token) ?? ""];
    return id === undefined ? [] : [addedToken(id, token)];
  });
  const all = [
    ...Object.entries(more).map(([text, id]) => addedToken(id, text, false)),
    ...special,
    ...Object.entries(config.added_tokens_decoder ?? {}).map(([id, token]) => addedToken(Number(id), token, false)),
  ];
  return [...new Map(all.map((token) => [token.id, token])).values()].toSorted((a, b) => a.id - b.id);
}

/** For repositories that do not name the class of their tokenizer; empty where this is not said, either. */
export async function modelType(snapshot: Snapshot): Promise<string> {
  return (await readJson<{ model_type?: string }>(snapshot, "config.json"))?.model_type ?? "";
}

function specialTokens(tokens: SpecialTokens): readonly TokenText[] {
  const inRoles = ROLES.map((role) => tokens[role]);
  return [...inRoles, ...(tokens.additional_special_tokens ?? [])].filter((token) => token != null);
}

/**
 * `<s> text </s>`, as a post-processor.
 * @param joint what stands between two texts, after the first one's end.
 * @param secondType of the tokens of a second text.
 */
export function around(
  vocab: Readonly<Record<string, number>>,
  before: readonly string[],
  after: readonly string[],
  joint: readonly string[] = before,
  secondType: 0 | 1 = 0,
): object {
  const tokens = (texts: readonly string[], type: number): readonly object[] =>
    texts.map((id) => ({ SpecialToken: { id, type_id: type } }));
  const single = [...tokens(before, 0), { Sequence: { id: "A", type_id: 0 } }, ...tokens(after, 0)];
  const second = [...tokens(joint, 0), { Sequence: { id: "B", type_id: secondType } }, ...tokens(after, secondType)];
  const all = new Set([...before, ...after, ...joint]);
  return {
    type: "TemplateProcessing",
    single,
    pair: [...single, ...second],
    special_tokens: Object.fromEntries([...all].map((id) => [id, { id, ids: [vocab[id] ?? 0], tokens: [id] }])),
  };
}
