/** Takes a stream of bytes apart, read by read. It remembers what the end of a read has cut, also inside a character. */
export interface Decoder<Item> {
  /** What is whole with these bytes. */
  read(bytes: Uint8Array): readonly Item[];
  /** What is left at the stream's end. */
  end(): readonly Item[];
}

/** All of a stream; what one read has brought comes together. */
export async function* decoded<Item>(
  body: AsyncIterable<Uint8Array>,
  decoder: Decoder<Item>,
): AsyncGenerator<readonly Item[], void, undefined> {
  for await (const bytes of body) {
    const items = decoder.read(bytes);
    if (items.length > 0) yield items;
  }
  const rest = decoder.end();
  if (rest.length > 0) yield rest;
}
