import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { ApiError } from "../../api/error.ts";
import { say } from "../../messages/say.ts";
import type { Route } from "../exchange.ts";
import type { RouteEntry } from "../router.ts";

/** Where the build puts the page, both from src/server/routes and from dist/server/routes. */
const BUILT = fileURLToPath(new URL("../../../dist/page/", import.meta.url));

export interface PageOptions {
  /** Whether it is served: not to a network whose callers need no key. */
  readonly isOn: boolean;
  /** Instead of the built page's. */
  readonly directory?: string;
}

/** The page at `/`: static files, served without a key, for the page itself asks for it. */
export function page({ isOn, directory = BUILT }: PageOptions): readonly RouteEntry[] {
  const served =
    (nameOf: (rest: string) => string): Route =>
    async ({ request, response, rest }) => {
      if (!isOn) throw pageOff();
      const name = nameOf(rest);
      const file = await find(directory, name, acceptedEncodings(request));
      if (file) sendFile(request, response, name, file);
      else if (PAGES.has(name)) sendNotBuilt(response);
      else throw noSuchFile(name);
    };
  return [
    { method: "GET", path: "/", route: served(() => INDEX), isOpen: true },
    { method: "GET", path: "/docs", route: served(() => DOCS), isOpen: true },
    { method: "GET", path: "/favicon.svg", route: served(() => "favicon.svg"), isOpen: true },
    { method: "GET", path: "/assets/", route: served((rest) => `${ASSETS}${rest}`), isOpen: true },
  ];
}

const INDEX = "index.html";
const DOCS = "docs.html";
const PAGES: ReadonlySet<string> = new Set([INDEX, DOCS]);
const ASSETS = "assets/";

/** Nothing comes from elsewhere, nothing is written into the page's text: hostile words stay words. */
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};

interface FileFound {
  readonly content: Buffer;
  /** Undefined: as it is. */
  readonly encoding: Encoding | undefined;
}

/** Best first: the build has written them beside the file. */
const ENCODINGS = [
  { name: "br", suffix: ".br" },
  { name: "gzip", suffix: ".gz" },
] as const;
type Encoding = (typeof ENCODINGS)[number];

function acceptedEncodings({ headers }: IncomingMessage): readonly Encoding[] {
  const entries = String(headers["accept-encoding"] ?? "").split(",");
  const taken = entries.filter((entry) => !/;\s*q=0(\.0*)?\s*$/i.test(entry));
  const names = new Set(taken.map((entry) => entry.split(";")[0]?.trim().toLowerCase()));
  return ENCODINGS.filter(({ name }) => names.has(name));
}

/** The built files' names have no folder within and begin with no dot: others lead nowhere. */
const NAME = /^(?:assets\/)?[\w-][\w.-]*$/;

async function find(directory: string, name: string, encodings: readonly Encoding[]): Promise<FileFound | undefined> {
  if (!NAME.test(name) || TYPES[extname(name)] === undefined) return undefined;
  for (const encoding of [...encodings, undefined]) {
    const content = await readFile(`${directory}/${name}${encoding?.suffix ?? ""}`).catch(() => undefined);
    if (content) return { content, encoding };
  }
  return undefined;
}

function sendFile(request: IncomingMessage, response: ServerResponse, name: string, file: FileFound): void {
  const { content, encoding } = file;
  const etag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
  const isHashed = name.startsWith(ASSETS);
  const headers = {
    ...HEADERS,
    "content-type": TYPES[extname(name)],
    "cache-control": isHashed ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "Accept-Encoding",
    etag,
    ...(encoding && { "content-encoding": encoding.name }),
  };
  if (request.headers["if-none-match"]?.includes(etag) === true) return void response.writeHead(304, headers).end();
  response.writeHead(200, { ...headers, "content-length": content.length }).end(content);
}

/** From a clone whose page was not built, or an installation without development dependencies. */
function sendNotBuilt(response: ServerResponse): void {
  const body = Buffer.from(NOT_BUILT);
  const type = { "content-type": "text/html; charset=utf-8", "content-length": body.length };
  response.writeHead(503, { ...HEADERS, ...type, "cache-control": "no-store" }).end(body);
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Omniport</title>
  <h1>Omniport</h1>
  <p>The API answers at <code>/v1</code>. The page that belongs here is not built yet. In the project's folder, run:</p>
  <pre>npm ci
npm run build</pre>
  <p lang="zh-Hant-TW">API 在 <code>/v1</code> 提供服務。這裡的頁面尚未建置，請在專案資料夾執行上面的指令。</p>
</html>
`;

function pageOff(): ApiError {
  const message = say.pageOff;
  return new ApiError(404, "invalid_request_error", message, { code: "page_off" });
}

function noSuchFile(name: string): ApiError {
  return new ApiError(404, "invalid_request_error", say.pageFileUnknown(name.slice(0, 100)), {
    code: "unknown_url",
  });
}
