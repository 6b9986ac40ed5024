/** What is asked for in one case, and how. */
export interface Case {
  readonly name: string;
  /** For the table. */
  readonly title: string;
  /** Which of a target's models is asked. */
  readonly kind: "chat" | "claude" | "embed";
  /** Behind `/v1`. */
  readonly path: string;
  /** Without `model`. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly concurrency: number;
  /** Between two chunks of the upstream's stream. */
  readonly paceMs: number;
  /** Stands in every good answer. */
  readonly contains: string;
}

/** Content chunks of a stream, besides its first and its last one. */
export const STREAM_CHUNKS = 64;

const question = "Explain, in one paragraph, why the sky is blue. ".repeat(8);
const sampling = { max_tokens: 256, temperature: 0.7 };
const chat = {
  messages: [
    { role: "system", content: "You are a helpful assistant." },
    { role: "user", content: question },
  ],
  ...sampling,
};

/** A long conversation with an agent: 256 KB of text in 63 turns. */
const history = Array.from({ length: 63 }, (_, turn) => ({
  role: turn % 2 === 0 ? "user" : "assistant",
  content: `turn ${turn}: "quoted" text\n${"The quick brown fox jumps over the lazy dog. ".repeat(90)}`,
}));

const CHAT = { path: "/chat/completions", body: chat, concurrency: 64, paceMs: 0, contains: '"usage"' } as const;
const STREAM = { ...CHAT, body: { ...chat, stream: true }, contains: "[DONE]" } as const;

export const CASES: readonly Case[] = [
  { ...CHAT, name: "chat", title: "chat", kind: "chat" },
  { ...STREAM, name: "stream", title: "64-chunk stream", kind: "chat" },
  { ...STREAM, name: "paced", title: "paced stream", kind: "chat", paceMs: 5 },
  { ...CHAT, name: "claude", title: "→ Claude", kind: "claude" },
  { ...STREAM, name: "claude-stream", title: "→ Claude, stream", kind: "claude" },
  {
    name: "embeddings",
    title: "embeddings",
    kind: "embed",
    path: "/embeddings",
    body: { input: "The food was delicious and the waiter was very friendly.", encoding_format: "float" },
    concurrency: 64,
    paceMs: 0,
    contains: '"embedding"',
  },
  {
    ...CHAT,
    name: "large",
    title: "256 KB prompt",
    kind: "chat",
    body: { messages: history, ...sampling },
    concurrency: 16,
  },
];
