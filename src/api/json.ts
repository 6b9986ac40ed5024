import { outlineOf } from "./outline.ts";

/**
 * A JSON document in all its views: its bytes, its text, its value; one that is missing is made when it is first asked
 * for. So a document that nobody has to change passes through as it came, number by number, and one that nobody has to
 * read is never parsed.
 */
export class Json<T> {
  #bytes: Buffer | undefined;
  #text: string | undefined;
  #value: T | undefined;
  #outline: T | undefined;
  readonly #unreadable: ((cause: unknown) => Error) | undefined;

  protected constructor(
    bytes: Buffer | undefined,
    text: string | undefined,
    value: T | undefined,
    unreadable?: (cause: unknown) => Error,
  ) {
    this.#bytes = bytes;
    this.#text = text;
    this.#value = value;
    this.#unreadable = unreadable;
  }

  /** A document as it came, in UTF-8. `unreadable` makes the error that is thrown if it turns out to be no JSON. */
  static fromBytes<T>(bytes: Buffer, unreadable?: (cause: unknown) => Error): Json<T> {
    return new Json<T>(bytes, undefined, undefined, unreadable);
  }

  /** A document that came as text. `value`, where the caller has parsed it already, must be what the text says. */
  static fromText<T>(text: string, value?: T): Json<T> {
    return new Json<T>(undefined, text, value);
  }

  static fromValue<T>(value: T): Json<T> {
    return new Json<T>(undefined, undefined, value);
  }

  get bytes(): Buffer {
    return (this.#bytes ??= Buffer.from(this.text));
  }

  get text(): string {
    return (this.#text ??= this.#bytes ? this.#bytes.toString() : JSON.stringify(this.#value));
  }

  /** Its bytes or its text, whichever is at hand. */
  get written(): Buffer | string {
    return this.#bytes ?? this.text;
  }

  /** @throws what `unreadable` makes, else a SyntaxError, if it is no JSON. */
  get value(): T {
    return (this.#value ??= this.#parse(this.text));
  }

  /**
   * The value with the long strings and the long lists of numbers in it cut short: enough to see its shape and its
   * short fields, and had at a fraction of the cost.
   * @throws as `value` does, but not for what is wrong inside a long string.
   */
  get outline(): T {
    if (this.#value !== undefined || this.#bytes === undefined) return this.value;
    return (this.#outline ??= this.#parseOutline(this.#bytes));
  }

  #parseOutline(bytes: Buffer): T {
    const outline = outlineOf(bytes);
    if (outline === undefined) return this.value;
    try {
      return JSON.parse(outline) as T;
    } catch {
      return this.value; // which says better what is wrong, and where
    }
  }

  #parse(text: string): T {
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw this.#unreadable?.(cause) ?? cause;
    }
  }
}
