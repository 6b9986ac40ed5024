/**
 * A JSON document in both its views, its text and its value; the one that is missing is made when it is first asked for.
 * So an answer that nobody has to change passes through as the provider wrote it, number by number, and one that
 * nobody has to read is never parsed.
 */
export class Json<T> {
  #text: string | undefined;
  #value: T | undefined;

  private constructor(text: string | undefined, value: T | undefined) {
    this.#text = text;
    this.#value = value;
  }

  /** A document that came as text. `value`, where the caller has parsed it already, must be what the text says. */
  static fromText<T>(text: string, value?: T): Json<T> {
    return new Json<T>(text, value);
  }

  static fromValue<T>(value: T): Json<T> {
    return new Json<T>(undefined, value);
  }

  get text(): string {
    this.#text ??= JSON.stringify(this.#value);
    return this.#text;
  }

  /** @throws SyntaxError if the text is no JSON. */
  get value(): T {
    this.#value ??= JSON.parse(this.#text ?? "null") as T;
    return this.#value;
  }
}

/** Each value as a document. */
export async function* asJson<T>(values: AsyncIterable<T>): AsyncGenerator<Json<T>> {
  for await (const value of values) yield Json.fromValue(value);
}

/** Each document's value. */
export async function* asValues<T>(documents: AsyncIterable<Json<T>>): AsyncGenerator<T> {
  for await (const { value } of documents) yield value;
}
