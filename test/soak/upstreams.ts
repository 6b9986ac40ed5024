import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { embeddings, type SeenCall } from "../fakes/openai.ts";
import { answerOf, type Vendor } from "../vendors/vendor.ts";

/** Between two pieces of a stream: what a fast model needs for some tokens. */
const PIECE_MS = 50;
/** One call in so many goes wrong, in a way that is not its neighbour's. */
const CALLS_PER_FAULT = 20;

/** How a call goes wrong: before its answer, or, where it takes the pieces, in the middle of it. */
type Fault = (response: ServerResponse, pieces: readonly string[]) => Promise<void> | void;

const refuse =
  (status: number, headers: Readonly<Record<string, string>> = {}): Fault =>
  (response) =>
    void response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end('{"error":{"message":"no"}}');

const FAULTS: Readonly<Record<string, Fault>> = {
  "429 with a time": refuse(429, { "retry-after-ms": "20" }),
  "500": refuse(500),
  "503": refuse(503),
  "a page": (response) => void response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>"),
  reset: (response) => void response.destroy(),
  silence: () => undefined,
  "a cut": async (response, pieces) => {
    await say(response, half(pieces));
    response.destroy();
  },
  "a stall": (response, pieces) => say(response, half(pieces)),
  "a malformed event": async (response, pieces) => {
    await say(response, [...half(pieces), "data: {\n\n", ...pieces.slice(half(pieces).length)]);
    response.end();
  },
};

export interface Upstreams extends AsyncDisposable {
  /** What Omniport must be told to find them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Hangs up on whoever is still connected. */
  hangUp(): void;
  /** How many calls went wrong, by the fault's name. */
  readonly faults: ReadonlyMap<string, number>;
}

/** Fakes of these vendors that take their time for a stream, and now and then fail. */
export async function startUpstreams(vendors: readonly Vendor[]): Promise<Upstreams> {
  const faults = new Map<string, number>();
  const servers = await Promise.all(vendors.map((vendor) => startUpstream(vendor, chooser(faults))));
  const environments = vendors.map((vendor, index) => vendor.environment(originOf(servers[index]!)));
  return {
    environment: Object.assign({}, ...environments),
    hangUp: () => servers.forEach((server) => server.closeAllConnections()),
    faults,
    async [Symbol.asyncDispose]() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

/** Each fault in its turn. */
function chooser(faults: Map<string, number>): () => Fault | undefined {
  const names = Object.keys(FAULTS);
  let calls = 0;
  return () => {
    const turn = ++calls / CALLS_PER_FAULT;
    const name = Number.isInteger(turn) ? names[turn % names.length] : undefined;
    if (name === undefined) return undefined;
    faults.set(name, (faults.get(name) ?? 0) + 1);
    return FAULTS[name];
  };
}

async function startUpstream(vendor: Vendor, nextFault: () => Fault | undefined): Promise<Server> {
  const server = createServer(async (request, response) => {
    const sent = await text(request);
    const body = JSON.parse(sent || "{}") as SeenCall["body"];
    const call = { path: request.url ?? "", headers: request.headers, text: sent, body, closed: NEVER };
    const isEmbedding = call.path.endsWith("/embeddings");
    const { type, body: pieces } = isEmbedding
      ? { type: "application/json", body: [JSON.stringify(embeddings(body.model, body.input))] }
      : answerOf(vendor, call);
    const fault = nextFault();
    response.setHeader("content-type", type);
    if (fault) return fault(response, pieces);
    await say(response, pieces);
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const NEVER = new Promise<never>(() => undefined);

/** The pieces of an answer in a model's pace, as long as somebody listens. */
async function say(response: ServerResponse, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    if (response.destroyed) return;
    response.write(piece);
    if (pieces.length > 1) await setTimeout(PIECE_MS);
  }
}

/** Of an answer in one piece, the beginning of that. */
function half(pieces: readonly string[]): readonly string[] {
  const [only = ""] = pieces;
  return pieces.length === 1 ? [only.slice(0, only.length / 2)] : pieces.slice(0, pieces.length / 2);
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
