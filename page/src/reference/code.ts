import { javascriptLiteral, pythonLiteral } from "../literals.ts";
import type { Operation } from "./openapi.ts";

/** The languages in which examples are written. */
export const CODE_LANGUAGES = ["curl", "python", "node"] as const;
export type CodeLanguage = (typeof CODE_LANGUAGES)[number];

/** What an example calls. */
export interface Call extends Pick<Operation, "method" | "path" | "operationId"> {
  readonly body?: object;
  /** Where this server answers: `http://127.0.0.1:8000`. */
  readonly origin: string;
}

/** The call as a program that runs as it stands. The key is a placeholder, which any server without a key takes. */
export function codeOf(language: CodeLanguage, call: Call): string {
  if (language === "curl") return curl(call);
  const method = CLIENT_METHODS[call.operationId];
  if (language === "python") return method === undefined ? pythonRequests(call) : pythonClient(call, method);
  return method === undefined ? nodeFetch(call) : nodeClient(call, method);
}

/** What OpenAI's clients have a function for, by the operation's id. */
const CLIENT_METHODS: Readonly<Record<string, string>> = {
  createChatCompletion: "chat.completions.create",
  createEmbedding: "embeddings.create",
  listModels: "models.list",
};

function isStream({ body }: Call): boolean {
  return body !== undefined && "stream" in body && body.stream === true;
}

/** Written for POSIX shells: a quote within the quotes is closed, escaped and opened again. */
function curl(call: Call): string {
  const { method, path, body, origin } = call;
  const options = [
    ...(isStream(call) ? ["-N"] : []),
    ...(method === "delete" ? ["-X DELETE"] : []),
    `${origin}${path}`,
    '-H "Authorization: Bearer $OMNIPORT_API_KEY"',
  ];
  if (body === undefined) return `curl ${options.join(" \\\n  ")}`;
  const json = JSON.stringify(body, undefined, 2).replaceAll("'", String.raw`'\''`);
  return `curl ${[...options, '-H "Content-Type: application/json"', `-d '${json}'`].join(" \\\n  ")}`;
}

function pythonClient(call: Call, method: string): string {
  const args = Object.entries(call.body ?? {}).map(([name, value]) => `    ${name}=${pythonLiteral(value, "    ")},\n`);
  const answer = isStream(call) ? "for chunk in answer:\n    print(chunk)" : "print(answer)";
  return `from openai import OpenAI

client = OpenAI(base_url="${call.origin}/v1", api_key="dummy-key")

answer = client.${method}(${args.length > 0 ? `\n${args.join("")}` : ""})
${answer}`;
}

function pythonRequests(call: Call): string {
  const { method, path, body, origin } = call;
  const json = body === undefined ? "" : `    json=${pythonLiteral(body, "    ")},\n`;
  const answer = isStream(call)
    ? "for line in answer.iter_lines(decode_unicode=True):\n    print(line)"
    : "print(answer.json())";
  return `import requests

answer = requests.${method}(
    "${origin}${path}",
    headers={"Authorization": "Bearer dummy-key"},
${json}${isStream(call) ? "    stream=True,\n" : ""})
answer.raise_for_status()
${answer}`;
}

function nodeClient(call: Call, method: string): string {
  const args = call.body === undefined ? "" : javascriptLiteral(call.body);
  const answer = isStream(call) ? "for await (const chunk of answer) console.log(chunk);" : "console.log(answer);";
  return `import OpenAI from "openai";

const client = new OpenAI({ baseURL: "${call.origin}/v1", apiKey: "dummy-key" });

const answer = await client.${method}(${args});
${answer}`;
}

function nodeFetch(call: Call): string {
  const { method, path, body, origin } = call;
  const type = body === undefined ? "" : ', "Content-Type": "application/json"';
  const json =
    body === undefined ? "" : `\n  body: JSON.stringify(${javascriptLiteral(body).replaceAll("\n", "\n  ")}),`;
  const answer = isStream(call)
    ? "for await (const text of response.body.pipeThrough(new TextDecoderStream())) console.log(text);"
    : "console.log(await response.json());";
  return `const response = await fetch("${origin}${path}", {
  method: "${method.toUpperCase()}",
  headers: { Authorization: "Bearer dummy-key"${type} },${json}
});
${answer}`;
}
