/** What a person has typed and sent. */
export type Entry =
  | { readonly kind: "question"; readonly text: string }
  /** `/system You are a pirate.`: the name without its slash. */
  | { readonly kind: "command"; readonly name: string; readonly argument: string };

const FENCE = '"""';

/**
 * Lines → entries: a line is one, and so is all that stands between two `"""`. Empty ones are passed over.
 * @param prompt called before each line that is waited for; `isOpen` after a first `"""`.
 */
export async function* entries(lines: AsyncIterable<string>, prompt: (isOpen: boolean) => void): AsyncGenerator<Entry> {
  let block: readonly string[] | undefined;
  prompt(false);
  for await (const line of lines) {
    const text = line.trim();
    if (block !== undefined || text.startsWith(FENCE)) {
      const rest = block === undefined ? text.slice(FENCE.length) : line;
      const end = rest.indexOf(FENCE);
      block = [...(block ?? []), end < 0 ? rest : rest.slice(0, end)];
      if (end >= 0) {
        const question = block.join("\n").trim();
        block = undefined;
        if (question !== "") yield { kind: "question", text: question };
      }
    } else if (text !== "") yield entryOf(text);
    prompt(block !== undefined);
  }
}

/** A path at the beginning of a question (`/etc/hosts says …`) is no command. */
function entryOf(text: string): Entry {
  const [, name, argument = ""] = /^\/([a-z?]+)(?:\s+(.*))?$/.exec(text) ?? [];
  return name === undefined ? { kind: "question", text } : { kind: "command", name, argument };
}
