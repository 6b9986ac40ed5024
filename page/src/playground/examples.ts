import type { ChatCompletionRequest } from "../../../src/api/chat.ts";
import { javascriptLiteral, pythonLiteral } from "../literals.ts";

/** Where the examples call, and whether a key must be sent. */
export interface Target {
  /** `http://127.0.0.1:8000/v1` */
  readonly baseUrl: string;
  readonly needsKey: boolean;
}

export const LANGUAGES = ["curl", "python", "node"] as const;
export type ExampleLanguage = (typeof LANGUAGES)[number];

/** A program that makes exactly this request. */
export const EXAMPLES: Readonly<Record<ExampleLanguage, (request: ChatCompletionRequest, target: Target) => string>> = {
  curl,
  python,
  node,
};

/** What stands for a key where the server asks for none: the clients want one. */
const NO_KEY = "no-key-needed";

function curl(request: ChatCompletionRequest, { baseUrl, needsKey }: Target): string {
  const body = JSON.stringify(request, undefined, 2).replaceAll("'", String.raw`'\''`);
  return [
    `curl --no-buffer ${baseUrl}/chat/completions \\`,
    `  -H "Content-Type: application/json" \\`,
    ...(needsKey ? [`  -H "Authorization: Bearer $OMNIPORT_API_KEY" \\`] : []),
    `  -d '${body}'`,
  ].join("\n");
}

function python(request: ChatCompletionRequest, { baseUrl, needsKey }: Target): string {
  const fields = Object.entries(request).map(([name, value]) => `    ${name}=${pythonLiteral(value, "    ")},`);
  return [
    ...(needsKey ? ["import os", ""] : []),
    "from openai import OpenAI",
    "",
    `client = OpenAI(base_url="${baseUrl}", api_key=${needsKey ? 'os.environ["OMNIPORT_API_KEY"]' : `"${NO_KEY}"`})`,
    "",
    "stream = client.chat.completions.create(",
    ...fields,
    ")",
    "for chunk in stream:",
    "    if chunk.choices:",
    `        print(chunk.choices[0].delta.content or "", end="", flush=True)`,
  ].join("\n");
}

function node(request: ChatCompletionRequest, { baseUrl, needsKey }: Target): string {
  const key = needsKey ? "process.env.OMNIPORT_API_KEY" : `"${NO_KEY}"`;
  return [
    `import OpenAI from "openai";`,
    "",
    `const client = new OpenAI({ baseURL: "${baseUrl}", apiKey: ${key} });`,
    "",
    `const stream = await client.chat.completions.create(${javascriptLiteral(request)});`,
    "for await (const chunk of stream) {",
    `  process.stdout.write(chunk.choices[0]?.delta.content ?? "");`,
    "}",
  ].join("\n");
}
