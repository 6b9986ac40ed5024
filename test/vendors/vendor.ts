import { randomUUID } from "node:crypto";
import type OpenAI from "openai";
import { type FakeProvider, type SeenCall, startFakeProvider } from "../fakes/openai.ts";
import { openaiClient } from "../fronted.ts";
import { startOmniport, type TestServer } from "../omniport.ts";
import { type Heard, Refusal, reply, type Said } from "./fake-model.ts";

/** A fake of one vendor: its wire in front of the fake model. */
export interface Vendor {
  /** For Omniport's clients: with the provider's prefix. */
  readonly model: string;
  /** Whether it shows what the model thinks. */
  readonly showsThoughts: boolean;
  readonly hasImages: boolean;
  /** Whether a JSON schema binds the model by the vendor's own means. */
  readonly hasJsonSchema: boolean;
  /** A field that the vendor has no equal of, and that changes what the answer means. */
  readonly refused?: Readonly<Record<string, unknown>>;
  /** The piece of a request's text in which a thought comes back; left out where the wire has no place for it. */
  thoughtInRequest?(thought: string): string;
  /** What Omniport's environment must say to take `origin` for the vendor. */
  environment(origin: string): Readonly<Record<string, string>>;
  /** Undefined for a request that does not ask the model. */
  hear(call: SeenCall): Heard | undefined;
  /** What a request that does not ask the model is answered with. */
  inform?(call: SeenCall): object;
  whole(said: Said, call: SeenCall): object;
  /** The answer in pieces, each as it stands on the wire. */
  stream(said: Said, call: SeenCall): readonly string[];
  isStream(call: SeenCall): boolean;
  readonly streamType: string;
  refusal(refused: Refusal): { readonly status: number; readonly body: object };
}

export interface Fronted extends AsyncDisposable {
  readonly server: TestServer;
  readonly client: OpenAI;
  /** What a vendor was sent, oldest first. */
  sent(vendor: Vendor): readonly SeenCall[];
}

/** All of these vendors, and one Omniport in front of them. */
export async function startVendors(vendors: readonly Vendor[]): Promise<Fronted> {
  const fakes = new Map<Vendor, FakeProvider>();
  for (const vendor of vendors) fakes.set(vendor, await startVendor(vendor));
  const settings = [...fakes].map(([vendor, { url }]) => vendor.environment(new URL(url).origin));
  const server = await startOmniport(Object.assign({}, ...settings));
  return {
    server,
    client: openaiClient(server),
    sent: (vendor) => fakes.get(vendor)?.calls ?? [],
    async [Symbol.asyncDispose]() {
      for (const fake of fakes.values()) await fake.close();
      await server.close();
    },
  };
}

/** A vendor by itself. */
export function startVendor(vendor: Vendor): Promise<FakeProvider> {
  return startFakeProvider((call, response) => {
    const { status, type, body } = answerOf(vendor, call);
    response.writeHead(status, { "content-type": type });
    for (const piece of body) response.write(piece);
    response.end();
  });
}

const JSON_TYPE = "application/json";

/** What the vendor answers to a request, in the pieces in which it writes it. */
export function answerOf(vendor: Vendor, call: SeenCall): { status: number; type: string; body: readonly string[] } {
  try {
    const heard = vendor.hear(call);
    if (!heard) return { status: 200, type: JSON_TYPE, body: [JSON.stringify(vendor.inform?.(call) ?? {})] };
    const said = reply(heard);
    return vendor.isStream(call)
      ? { status: 200, type: vendor.streamType, body: vendor.stream(said, call) }
      : { status: 200, type: JSON_TYPE, body: [JSON.stringify(vendor.whole(said, call))] };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const { status, body } = vendor.refusal(thrown);
    return { status, type: JSON_TYPE, body: [JSON.stringify(body)] };
  }
}

/** Whether a request says `stream: true`, as it does on most wires. */
export function saysStream({ body }: SeenCall): boolean {
  return body.stream === true;
}

/** A server-sent event. */
export function sse(value: unknown, event?: string): string {
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${JSON.stringify(value)}\n\n`;
}

/** A text in the pieces in which a model writes it. */
export function pieces(text: string): readonly string[] {
  return text.match(/.{1,6}/gsu) ?? [];
}

export function newId(prefix: string): string {
  return `${prefix}${randomUUID().replaceAll("-", "")}`;
}

/** What a vendor makes of a thought that nobody else can read: only it can tell that it is unchanged. */
export function sealed(thought: string): string {
  return Buffer.from(`sealed: ${thought}`).toString("base64");
}

export function unsealed(seal: string | null | undefined): string | undefined {
  return /^sealed: (.*)$/s.exec(Buffer.from(seal ?? "", "base64").toString())?.[1];
}

/** The base64 of a data URL. */
export function dataOf(url: string): string {
  return url.slice(url.indexOf(",") + 1);
}
