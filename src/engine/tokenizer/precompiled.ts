/** What sentencepiece does to the characters of a text before it looks for pieces. */
export type CharacterMap = (text: string) => string;

/** What can join a character to the one before it; without any of these, each character stands alone. */
const JOINS = /[\p{M}\p{Cf}\p{Emoji_Modifier}\p{Regional_Indicator}\r\u1100-\u11ff]/u;
/** Longer groups of joined characters are mapped one character after the other. */
const MAX_GROUP_BYTES = 5;
/** What is kept of the map; most texts use few characters. */
const MAX_KNOWN = 10_000;

/**
 * Reads the map that stands in a model of sentencepiece, or in `tokenizer.json` as `precompiled_charsmap`: the length of
 * a trie in bytes, the trie, then texts that end with a zero.
 *
 * @throws RangeError where the bytes are no such map.
 * Source: `spm_precompiled` of https://github.com/huggingface/tokenizers, which groups characters as people see them.
 */
export function readCharacterMap(bytes: Buffer): CharacterMap {
  const textsAt = 4 + bytes.readUInt32LE(0);
  const trie = Array.from({ length: (textsAt - 4) / 4 }, (_, index) => bytes.readUInt32LE(4 + 4 * index));
  const texts = bytes.subarray(textsAt);
  const known = new Map<string, string | undefined>();
  const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });

  /** What stands for a group or a character, undefined where it stays. */
  function mapped(group: string): string | undefined {
    if (known.has(group)) return known.get(group);
    const at = firstMatch(trie, Buffer.from(group));
    const text = at === undefined ? undefined : texts.toString("utf8", at, texts.indexOf(0, at));
    if (known.size < MAX_KNOWN) known.set(group, text);
    return text;
  }

  const eachMapped = (characters: string): string => Array.from(characters, (each) => mapped(each) ?? each).join("");

  return (text) => {
    if (!JOINS.test(text)) return eachMapped(text);
    const groups = Array.from(segmenter.segment(text), ({ segment }) => segment);
    return groups
      .map((group) => {
        const whole = Buffer.byteLength(group) <= MAX_GROUP_BYTES ? mapped(group) : undefined;
        return whole ?? eachMapped(group);
      })
      .join("");
  };
}

/**
 * The value of the shortest beginning of the key that the trie has.
 * Source: https://github.com/s-yata/darts-clone: each unit has a label, the distance to its children and whether a value
 * stands at that distance.
 */
function firstMatch(trie: readonly number[], key: Buffer): number | undefined {
  let at = childrenOf(trie[0]);
  for (const byte of key) {
    at ^= byte;
    const unit = trie[at];
    if (unit === undefined || byte === 0 || (unit & 0x800000ff) !== byte) return undefined;
    at ^= childrenOf(unit);
    if ((unit & 0x100) !== 0) return (trie[at] ?? 0) & 0x7fffffff;
  }
  return undefined;
}

function childrenOf(unit = 0): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
