import type { Said } from "../refusal.ts";

/** What Ollama said of a call that it refused: `{"error": "…"}`, or a router's plain text. */
export function said(body: string): Said & { readonly status?: number } {
  const message = read(body);
  const missing = /model ['"]([^'"]+)['"] not found/.exec(message ?? "")?.[1];
  if (missing !== undefined) {
    const hint = `Get it with 'ollama pull ${missing}', or see 'ollama list' for those that are there.`;
    return { message: `The model '${missing}' was not found on the Ollama server. ${hint}`, code: "model_not_found" };
  }
  if (/exceeds? .{0,40}context|context (length|size|window)/i.test(message ?? "")) return { message, status: 400 };
  return { message };
}

function read(body: string): string | undefined {
  try {
    const { error } = Object(JSON.parse(body)) as { readonly error?: unknown };
    if (typeof error === "string" && error !== "") return error;
    const { message } = Object(error) as { readonly message?: unknown };
    return typeof message === "string" ? message : undefined;
  } catch {
    if (!body.startsWith("404 page not found")) return undefined; // a proxy's page: the status has to say it all
    return "There is no Ollama at this address: OLLAMA_BASEURL is the server's address without '/v1' or '/api'.";
  }
}
