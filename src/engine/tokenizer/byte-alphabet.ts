/** How byte-level BPE writes each byte: as one visible character. */
export const CHARACTER_OF_BYTE: readonly string[] = alphabet();

export const BYTE_OF_CHARACTER: ReadonlyMap<string, number> = new Map(
  CHARACTER_OF_BYTE.map((character, byte) => [character, byte]),
);

/** What byte-level BPE writes for bytes. */
export function visibleBytes(bytes: Buffer): string {
  let text = "";
  for (const byte of bytes) text += CHARACTER_OF_BYTE[byte];
  return text;
}

/**
 * Printable Latin-1 stands for itself, the other bytes are written from U+0100 on.
 * Source: `bytes_to_unicode` in https://github.com/openai/gpt-2/blob/master/src/encoder.py
 */
function alphabet(): readonly string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const visible = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
    return String.fromCodePoint(visible ? byte : next++);
  });
}
