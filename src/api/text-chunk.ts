import type { ChatCompletionChunk } from "./chat.ts";
import { Json } from "./json.ts";

/**
 * A chunk that says a piece of text and nothing else, as nearly all chunks of a stream do. What it says is known without
 * its being parsed.
 */
export class TextChunk extends Json<ChatCompletionChunk> {
  readonly #escaped: string;

  /**
   * @param text the whole chunk's, with one choice of index 0.
   * @param escaped what stands between the quotes of its `content`.
   */
  constructor(text: string, escaped: string) {
    super(undefined, text, undefined);
    this.#escaped = escaped;
  }

  get content(): string {
    const escaped = this.#escaped;
    return escaped.includes("\\") ? (JSON.parse(`"${escaped}"`) as string) : escaped;
  }
}
