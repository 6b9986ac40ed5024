import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { ApiError } from "../../api/error.ts";
import { createReceipt } from "../../api/receipt.ts";
import { createTrail } from "../../api/trail.ts";
import { createRouter } from "../router.ts";
import { page, type PageOptions } from "./page.ts";

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

let directory: string;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), "omniport-page-"));
  await mkdir(join(directory, "assets"));
  await writeFile(join(directory, "index.html"), "<!doctype html>the page");
  await writeFile(join(directory, "assets/index-Ab_1-2.js"), "plain");
  await writeFile(join(directory, "assets/index-Ab_1-2.js.gz"), gzipSync("gzip"));
  await writeFile(join(directory, "assets/index-Ab_1-2.js.br"), "br");
  await writeFile(join(directory, "assets/.hidden.js"), "hidden");
});

after(() => rm(directory, { recursive: true }));

/** What the page's routes answer, with the error's own JSON where they throw. */
async function get(path: string, headers = {}, options: Partial<PageOptions> = {}): Promise<Answer> {
  const routes = page({ isOn: true, directory, ...options });
  const server = createServer((incoming, response) => {
    const serve = async (): Promise<void> => {
      const { route, rest } = createRouter(routes)(incoming.url ?? "").route("GET");
      const { signal } = new AbortController();
      const call = {
        requestId: "req_1",
        receipt: createReceipt(false),
        trail: createTrail(),
        fallbacks: [],
        client: "",
        headers: {},
      };
      await route({ request: incoming, response, ...call, signal, rest });
    };
    serve().catch((thrown: unknown) => {
      const error = ApiError.from(thrown);
      response.writeHead(error.status).end(JSON.stringify(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise((resolve, reject) => {
      const call = request({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
        );
      });
      call.on("error", reject).end();
    });
  } finally {
    server.close();
  }
}

test("the page comes under a policy that lets nothing in, and is asked for anew each time", async () => {
  const { status, headers, body } = await get("/");
  assert.equal(status, 200);
  assert.equal(body.toString(), "<!doctype html>the page");
  assert.equal(headers["content-type"], "text/html; charset=utf-8");
  assert.equal(headers["cache-control"], "no-cache");
  assert.match(String(headers["content-security-policy"]), /^default-src 'none'; script-src 'self'; style-src 'self';/);
  assert.equal(headers["x-content-type-options"], "nosniff");
});

test("who has the page as it is gets no second copy", async () => {
  const { headers } = await get("/");
  const again = await get("/", { "if-none-match": `"other", W/${String(headers["etag"])}` });
  assert.deepEqual([again.status, again.body.length, again.headers["etag"]], [304, 0, headers["etag"]]);
});

test("files with a hash in their name are kept for ever, in the best encoding that is accepted", async () => {
  const path = "/assets/index-Ab_1-2.js";
  const brotli = await get(path, { "accept-encoding": "gzip, deflate, br" });
  assert.equal(brotli.headers["cache-control"], "public, max-age=31536000, immutable");
  assert.deepEqual([brotli.headers["content-encoding"], brotli.body.toString()], ["br", "br"]);
  const gzip = await get(path, { "accept-encoding": "br;q=0, gzip;q=0.5" });
  assert.deepEqual([gzip.headers["content-encoding"], gunzipSync(gzip.body).toString()], ["gzip", "gzip"]);
  const plain = await get(path);
  assert.deepEqual([plain.headers["content-encoding"], plain.body.toString()], [undefined, "plain"]);
  assert.equal(plain.headers["vary"], "Accept-Encoding");
});

test("no other file can be had", async () => {
  for (const name of [
    "../index.html",
    "%2e%2e%2findex.html",
    ".hidden.js",
    "index-Ab_1-2.js.gz",
    "none.js",
    "a/b.js",
  ]) {
    assert.equal((await get(`/assets/${name}`)).status, 404, name);
  }
});

test("before it is built, the page says how that is done", async () => {
  const { status, headers, body } = await get("/", {}, { directory: join(directory, "none") });
  assert.equal(status, 503);
  assert.equal(headers["cache-control"], "no-store");
  assert.match(body.toString(), /npm run build/);
});

test("where it is off, it says why and what to do", async () => {
  const { status, body } = await get("/", {}, { isOn: false });
  assert.equal(status, 404);
  assert.match(body.toString(), /"The page is off, .*OMNIPORT_API_KEY.*"code":"page_off"/);
});
