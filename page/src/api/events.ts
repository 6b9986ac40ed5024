/** One thing of a stream of server-sent events that a reader may want. */
export type StreamEvent =
  | { readonly kind: "data"; readonly data: string }
  /** What the server says while it has nothing to give: `downloading Qwen/Qwen3-0.6B-GGUF: 45 %`. */
  | { readonly kind: "comment"; readonly text: string };

/**
 * Server-sent events and the comments between them, as they come. `EventSource` can neither POST nor see comments.
 * Ends with the stream; leaving the loop cancels it.
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  let data: string[] = [];
  for await (const line of lines(body)) {
    if (line === "") {
      if (data.length > 0) yield { kind: "data", data: data.join("\n") };
      data = [];
    } else if (line.startsWith(":")) {
      yield { kind: "comment", text: line.slice(1).trim() };
    } else if (line.startsWith("data:")) {
      data.push(line.slice(line[5] === " " ? 6 : 5));
    }
  }
}

/** Lines end in CR, LF or both, wherever the network has cut them. What follows the last end of line is no line. */
async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = "";
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      rest += decoder.decode(read.value, { stream: true });
      // A CR at the end may be the first half of a CRLF.
      const parts = rest.split(/\r\n|\n|\r(?!$)/);
      rest = parts.pop() ?? "";
      yield* parts;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // it has failed or ended already
  }
}
