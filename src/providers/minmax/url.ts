/** The two roads of chat: MiniMax's own, and the one for OpenAI's clients. They differ in errors and a stream's end. */
const CHAT_ENDPOINT = /\/(text\/chatcompletion_v2|chat\/completions)$/;

/**
 * Where a path lies. The address that a user knows may be chat's own, in full, or end in `/v1`, or be the host alone.
 *
 * @param path below `/v1`.
 */
export function url(baseUrl: string, path: string): string {
  if (path === "/chat/completions" && CHAT_ENDPOINT.test(baseUrl)) return baseUrl;
  const root = baseUrl.replace(CHAT_ENDPOINT, "");
  return (new URL(root).pathname === "/" ? `${root}/v1` : root) + path;
}
