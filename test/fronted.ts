import OpenAI from "openai";
import { type Answer, type FakeProvider, startFakeProvider } from "./fakes/openai.ts";
import { startOmniport, type TestServer } from "./omniport.ts";

/** A fake OpenAI behind Omniport, and the official client in front of it. */
export interface Fronted extends AsyncDisposable {
  readonly provider: FakeProvider;
  readonly server: TestServer;
  readonly client: OpenAI;
}

export interface FrontedOptions {
  readonly answer?: Answer;
  readonly environment?: Readonly<Record<string, string>>;
  readonly yaml?: string;
}

/** The key that Omniport sends to the fake provider. */
export const PROVIDER_KEY = "sk-provider-0123456789abcdef";

/** Starts all three; OpenAI's address is the fake's. */
export async function startFronted({ answer, environment = {}, yaml }: FrontedOptions = {}): Promise<Fronted> {
  const provider = await startFakeProvider(answer);
  const keys = { OPENAI_API_KEY: PROVIDER_KEY, OPENAI_BASE_URL: provider.url };
  const server = await startOmniport({ ...keys, ...environment }, yaml);
  return {
    provider,
    server,
    client: openaiClient(server),
    async [Symbol.asyncDispose]() {
      // The provider first: a call that a test has left hanging must not keep the server.
      await provider.close();
      await server.close();
    },
  };
}

/** The official client as a newcomer would make it, but that it does not try again. */
export function openaiClient(server: TestServer, apiKey = "dummy-key"): OpenAI {
  return new OpenAI({ baseURL: server.api, apiKey, maxRetries: 0 });
}

/** A raw `POST` of JSON text. */
export function post(url: string, text: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: text, ...init });
}
