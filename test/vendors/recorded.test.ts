import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import type { z } from "zod";
import { startFakeProvider } from "../fakes/openai.ts";
import { post } from "../fronted.ts";
import { startOmniport } from "../omniport.ts";
import { type RecordedCase, recordedCases } from "../recorded.ts";
import { type OpenAISchemas, passedOn, written } from "./openai-schema.ts";

/** Recorded answers, and how they are asked for through Omniport. */
interface Recordings {
  /** Below `src/providers`. */
  readonly folder: string;
  readonly shapes: readonly string[];
  readonly model: string;
  /** Omniport's environment for a vendor at `origin`. */
  readonly environment: (origin: string) => Readonly<Record<string, string>>;
  readonly schemas: OpenAISchemas;
  readonly request?: object;
}

const compatible = (origin: string): Record<string, string> => ({ VLLM_BASE_URL: `${origin}/v1` });
const openai = (origin: string): Record<string, string> => ({ OPENAI_API_KEY: "k", OPENAI_BASE_URL: `${origin}/v1` });
const google = (origin: string): Record<string, string> => ({ GOOGLE_API_KEY: "k", GEMINI_BASE_URL: origin });
/** What makes a model answer on the Responses API. */
const RESPONSES = { tools: [{ type: "function", function: { name: "f" } }], reasoning_effort: "low" };

const ALL: readonly Recordings[] = [
  {
    folder: "claude/fixtures",
    shapes: ["anthropic"],
    model: "claude/claude-sonnet-4-5",
    environment: (origin) => ({ ANTHROPIC_API_KEY: "k", ANTHROPIC_BASE_URL: origin }),
    schemas: written,
  },
  ...["gemini/fixtures", "gemini/fixtures/vertex"].map((folder) => ({
    folder,
    shapes: ["gemini", "gemini-embed"],
    model: "gemini/gemini-3-pro-preview",
    environment: google,
    schemas: written,
  })),
  {
    folder: "minmax/fixtures",
    shapes: ["anthropic", "minimax-base-resp", "openai"],
    model: "minmax/MiniMax-M2.7",
    environment: (origin) => ({ MINMAX_API_KEY: "k", MINMAX_API_URL: origin }),
    schemas: written,
  },
  {
    folder: "ollama/fixtures",
    shapes: ["ollama", "ollama-embed"],
    model: "ollama/m",
    environment: (origin) => ({ OLLAMA_BASEURL: origin }),
    schemas: written,
  },
  {
    folder: "openai/responses/fixtures",
    shapes: ["responses"],
    model: "openai/gpt-5.6",
    environment: openai,
    schemas: written,
    request: RESPONSES,
  },
  {
    folder: "openai/fixtures",
    shapes: ["openai", "openai-embed"],
    model: "openai/gpt-4o",
    environment: openai,
    schemas: passedOn,
  },
  {
    folder: "deepseek/fixtures",
    shapes: ["openai"],
    model: "deepseek/deepseek-v4-pro",
    environment: (origin) => ({ DEEPSEEK_API_KEY: "k", DEEPSEEK_API_URL: origin }),
    schemas: passedOn,
  },
  ...readdirSync(new URL("../../src/providers/openai-compatible/fixtures/", import.meta.url)).map((name) => ({
    folder: `openai-compatible/fixtures/${name}`,
    shapes: ["openai", "openai-embed"],
    model: "vllm/m",
    environment: compatible,
    schemas: passedOn,
  })),
];

/** Answers that are not as described, each with the reason. */
const OTHERWISE: Readonly<Record<string, string>> = {
  "rl-perplexity-pplx-embed-v1-0-6b-decodes-a-single-text-into-int8-vectors":
    "bytes, not floats, in base64: nothing in the answer tells, and what is read as floats may be no numbers",
};

describe("through the whole server, every recorded answer is one that OpenAI's description allows", () => {
  for (const recordings of ALL) {
    test(recordings.folder, async () => {
      const problems = await problemsOf(recordings);
      assert.deepEqual(problems, {});
    });
  }
});

/** What is wrong with the answers, by the recordings' names. */
async function problemsOf(recordings: Recordings): Promise<Record<string, string>> {
  const { folder, shapes, environment } = recordings;
  let current: RecordedCase | undefined;
  await using vendor = await startFakeProvider(({ path }, response) => {
    if (path === "/api/show") return response.writeHead(404, { "content-type": "text/plain" }).end("404 not found");
    const type = current?.stream ? "text/event-stream" : "application/json";
    return response.writeHead(current?.status ?? 500, { "content-type": type }).end(current?.bytes);
  });
  await using server = await startOmniport(environment(new URL(vendor.url).origin));

  const problems: Record<string, string> = {};
  const directory = new URL(`../../src/providers/${folder}/`, import.meta.url);
  const recorded = recordedCases(directory).filter(
    (one) => shapes.includes(one.shape) && OTHERWISE[one.case] === undefined,
  );
  assert.ok(recorded.length > 0);
  for (current of recorded) {
    const problem = await problemOf(current, server.api, recordings);
    if (problem !== undefined) problems[current.case] = problem;
  }
  return problems;
}

async function problemOf(recorded: RecordedCase, api: string, recordings: Recordings): Promise<string | undefined> {
  const { schemas, model, request } = recordings;
  const isEmbedding = recorded.shape.endsWith("-embed");
  const streamed = recorded.stream && { stream: true, stream_options: { include_usage: true } };
  const chat = { messages: [{ role: "user", content: "Hi" }], ...streamed, ...request };
  const asked = isEmbedding ? { input: "Hi" } : chat;
  const path = isEmbedding ? "embeddings" : "chat/completions";
  const response = await post(`${api}/${path}`, JSON.stringify({ model, ...asked }));
  const text = await response.text();
  if (response.status !== 200) return misfit(schemas.error, text);
  if (isEmbedding) return misfit(schemas.embeddings, text);
  return recorded.stream ? streamProblem(text, schemas) : misfit(schemas.completion, text);
}

/** A stream ends in `[DONE]` or in an error, and holds chunks before. */
function streamProblem(text: string, { chunk, error }: OpenAISchemas): string | undefined {
  const events = text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => event.replace(/^data: /, ""));
  const last = events.pop() ?? "";
  const broken = events.map((event) => misfit(chunk, event)).find((problem) => problem !== undefined);
  if (broken !== undefined) return broken;
  return last === "[DONE]" ? undefined : misfit(error, last);
}

function misfit(schema: z.ZodType, text: string): string | undefined {
  const { error } = schema.safeParse(JSON.parse(text));
  return error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
}
