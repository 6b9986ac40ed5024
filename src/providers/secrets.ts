import type { Connection } from "./provider.ts";

/** What stands there in place of a secret. */
const HIDDEN = "[key]";
/** Shorter values are no secrets: a word such as `none` may stand where no key is needed. */
const MIN_LENGTH = 8;
const MIN_PIECE_LENGTH = 6;

/** What a provider is sent and nobody else may see: its key, and the headers that the configuration adds. */
export function secretsOf({ key = "", headers }: Pick<Connection, "key" | "headers">): readonly string[] {
  const words = [key, ...Object.values(headers)].flatMap((value) => value.split(" "));
  return words.filter((word) => word.length >= MIN_LENGTH);
}

/** A text of the provider's without our secrets, and without pieces of them. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return withoutPieces(withoutWhole(text, secrets), secrets);
}

/** The same for a sentence: also without what looks like a key of anybody's. */
export function withoutKeys(text: string, secrets: readonly string[]): string {
  const rest = withoutWhole(text, secrets).replaceAll(LIKE_A_KEY, HIDDEN).replaceAll(STARS, HIDDEN);
  return withoutPieces(rest, secrets);
}

function withoutWhole(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
}

function withoutPieces(text: string, secrets: readonly string[]): string {
  return text
    .replaceAll(MASKED, (masked, first: string, last: string) => (isPart(secrets, first, last) ? HIDDEN : masked))
    .replaceAll(WORD, (word) => (isPiece(secrets, word) ? HIDDEN : word));
}

/** A beginning and an end with dots between them, as some services quote a key: `abcd...wxyz`. */
const MASKED = /([\w-]{2,})?(?:\.{2,}|…)([\w-]{2,})?/g;

const WORD = /[\w-]+/g;

const LIKE_A_KEY = /\b(sk|gsk|csk|xai|pplx|fw|hf|tgp|AIza)[-_][\w*.-]{3,}[\w*-]|\bAIza[\w-]{10,}/g;

const STARS = /[\w-]{0,16}\*{3,}[\w-]*/g;

function isPart(secrets: readonly string[], first = "", last = ""): boolean {
  if (first === "" && last === "") return false;
  return secrets.some((secret) => secret.startsWith(first) && secret.endsWith(last));
}

/** Words without a digit are words: a key's own prefix (`provider`) may be one. */
function isPiece(secrets: readonly string[], word: string): boolean {
  return word.length >= MIN_PIECE_LENGTH && /\d/.test(word) && secrets.some((secret) => secret.includes(word));
}
