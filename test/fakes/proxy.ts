import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import { type AddressInfo, connect } from "node:net";

/** What a proxy was asked: the request line without the version, and what it was told of who asks. */
export interface ProxyRequest {
  /** `CONNECT provider.test:443`, `POST http://provider.test/v1/chat/completions`. */
  readonly line: string;
  readonly authorization: string | undefined;
}

export interface FakeProxy extends AsyncDisposable {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  readonly requests: readonly ProxyRequest[];
}

/**
 * A forward proxy for whom every host is one server on this machine.
 *
 * @param origin of that server.
 * @param credentials `user:password`; who does not send them is refused.
 */
export async function startFakeProxy(origin: string, credentials?: string): Promise<FakeProxy> {
  const { hostname, port } = new URL(origin);
  const requests: ProxyRequest[] = [];
  const isAllowed = (method: string, url: string, authorization: string | undefined): boolean => {
    requests.push({ line: `${method} ${url}`, authorization });
    return credentials === undefined || authorization === `Basic ${Buffer.from(credentials).toString("base64")}`;
  };

  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "", headers } = incoming;
    const { "proxy-authorization": authorization, ...others } = headers;
    if (!isAllowed(method, url, authorization)) {
      outgoing.writeHead(407).end("who are you?");
      return;
    }
    const { pathname, search } = new URL(url);
    const call = forward({ hostname, port, method, path: pathname + search, headers: others }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    call.on("error", () => outgoing.destroy());
    incoming.pipe(call);
  });
  server.on("connect", ({ url = "", headers }, socket) => {
    socket.on("error", () => undefined); // "close" follows
    if (!isAllowed("CONNECT", url, headers["proxy-authorization"])) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const tunnel = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      tunnel.pipe(socket).pipe(tunnel);
    });
    tunnel.on("error", () => socket.destroy());
    socket.on("close", () => tunnel.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
