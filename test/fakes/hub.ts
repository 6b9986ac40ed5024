import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** What the hub does beside serving files; tests may change it while the hub runs. */
export interface HubBehaviour {
  /** Who sends another token is refused; who sends none is a stranger. */
  token?: string;
  /** Repositories that only who sends the token may read. */
  gated?: readonly string[];
  /** Old name → new name, redirected as the hub does. */
  renamed?: Readonly<Record<string, string>>;
  /** Ends the connection after so many bytes of each content that is longer. */
  cutAfterBytes?: number | undefined;
  /** Sends wrong bytes in place of the content of these paths; after so many times the right ones. */
  damaged?: readonly string[];
  damagedTimes?: number;
  /** Announces another size for these paths. */
  sizes?: Readonly<Record<string, number>>;
  /** Refuses to send a part: every GET begins at the beginning. */
  ignoreRange?: boolean;
  /** Answers the next requests, one after the other, with these statuses. */
  refusals?: readonly { readonly status: number; readonly retryAfter?: string }[];
  /** Holds back each large content after its first byte until this resolves. */
  hold?: Promise<void> | undefined;
  /** Called when a content is held back. */
  onHold?: () => void;
}

export interface FakeHub {
  /** `http://127.0.0.1:…`, for HF_ENDPOINT. */
  readonly url: string;
  readonly behaviour: HubBehaviour;
  /** `GET /owner/repo/resolve/…`, in the order in which they came; with the range, if one was asked for. */
  readonly requests: readonly string[];
  /** What was sent as `authorization` to the place that large contents are redirected to. */
  readonly cdnAuthorizations: readonly (string | undefined)[];
  readonly close: () => Promise<void>;
}

interface StoredFile {
  readonly path: string;
  readonly content: Buffer;
  readonly isLarge: boolean;
  /** The name of the content, as the hub gives it in ETags. */
  readonly etag: string;
  readonly blobId: string;
}

interface Repo {
  readonly commit: string;
  readonly files: readonly StoredFile[];
}

/**
 * The Hugging Face hub, as far as downloads need it, over the folders `<directory>/<owner>/<repo>`. A repository is read
 * anew with each request: what a test writes there is the next commit. Large contents (weights) are redirected to another
 * origin, small ones to a path of the same.
 *
 * Source: https://huggingface.co/docs/hub/api, and the headers that huggingface_hub reads.
 */
export async function startFakeHub(directory: string, behaviour: HubBehaviour = {}, port = 0): Promise<FakeHub> {
  const requests: string[] = [];
  const cdnAuthorizations: (string | undefined)[] = [];
  const cdn = createServer((request, response) => {
    cdnAuthorizations.push(request.headers.authorization);
    void sendFile(request, response, pathOf(request).split("/").slice(1));
  });
  const hub = createServer((request, response) => {
    const range = request.headers.range === undefined ? "" : ` ${request.headers.range}`;
    requests.push(`${request.method} ${pathOf(request)}${range}`);
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    const [refusal, ...others] = behaviour.refusals ?? [];
    behaviour.refusals = others;
    if (refusal) return refuse(response, refusal);
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/([^/]+)$/.exec(path);
    const resolve = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    const local = /^\/api\/resolve-cache\/models\/([^/]+)\/([^/]+)\/([^/]+)\/(.+)$/.exec(path);
    const [, name = "", revision = "", file = ""] = api ?? resolve ?? [];
    const moved = behaviour.renamed?.[name];
    if (local) return await sendSmallFile(request, response, local);
    if (moved !== undefined) return redirect(response, 307, (request.url ?? "").replace(name, moved));
    const { authorization } = request.headers;
    if (authorization !== undefined && authorization !== `Bearer ${behaviour.token}`)
      return fail(response, 401, undefined, "Invalid credentials in Authorization header");
    const repo = await readRepo(join(directory, name));
    if (!repo)
      return authorization === undefined
        ? fail(response, 401, undefined, "Invalid username or password.")
        : fail(response, 404, "RepoNotFound", "Repository not found");
    if (revision !== "main" && revision !== repo.commit)
      return fail(response, 404, "RevisionNotFound", `Invalid rev id: ${revision}`);
    if (api) return sendInfo(response, name, repo);
    if (behaviour.gated?.includes(name) && authorization === undefined)
      return fail(response, 401, "GatedRepo", `Access to model ${name} is restricted.`);
    return resolveFile(response, name, repo, decodeURIComponent(file));
  }

  function sendInfo(response: ServerResponse, name: string, repo: Repo): void {
    const siblings = repo.files.map(({ path, content, isLarge, etag, blobId }) => {
      const size = behaviour.sizes?.[path] ?? content.length;
      const lfs = isLarge ? { lfs: { sha256: etag, size, pointerSize: 134 } } : {};
      return Object.assign({ rfilename: path, size, blobId }, lfs);
    });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ id: name, sha: repo.commit, private: false, gated: false, siblings }));
  }

  function resolveFile(response: ServerResponse, name: string, repo: Repo, path: string): void {
    response.setHeader("x-repo-commit", repo.commit);
    const file = repo.files.find((file) => file.path === path);
    if (!file) return fail(response, 404, "EntryNotFound", "Entry not found");
    response.setHeader("x-linked-etag", `"${file.etag}"`);
    response.setHeader("x-linked-size", file.content.length);
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    if (file.isLarge) return redirect(response, 302, `${origin(cdn)}/${name}/${encoded}?Signature=x`);
    return redirect(response, 307, `/api/resolve-cache/models/${name}/${repo.commit}/${encoded}?etag=x`);
  }

  async function sendSmallFile(
    request: IncomingMessage,
    response: ServerResponse,
    [, owner = "", name = "", commit = "", path = ""]: readonly string[],
  ): Promise<void> {
    const repo = await readRepo(join(directory, owner, name));
    const etag = repo?.files.find((file) => file.path === decodeURIComponent(path))?.etag ?? "";
    response.setHeader("x-repo-commit", commit);
    response.setHeader("etag", `"${etag}"`);
    await sendFile(request, response, [owner, name, path]);
  }

  async function sendFile(
    request: IncomingMessage,
    response: ServerResponse,
    [owner = "", name = "", ...rest]: readonly string[],
  ): Promise<void> {
    const path = decodeURIComponent(rest.join("/"));
    const content = await readFile(join(directory, owner, name, path));
    const sent = isDamaged(path) ? Buffer.alloc(content.length, "x") : content;
    const from = behaviour.ignoreRange ? 0 : Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const part = sent.subarray(from);
    response.setHeader("content-length", part.length);
    if (from > 0) response.setHeader("content-range", `bytes ${from}-${sent.length - 1}/${sent.length}`);
    response.writeHead(from > 0 ? 206 : 200);
    if (behaviour.hold && isLarge(path)) {
      response.write(part.subarray(0, 1));
      behaviour.onHold?.();
      await behaviour.hold;
      return void response.end(part.subarray(1));
    }
    const { cutAfterBytes } = behaviour;
    if (cutAfterBytes === undefined || part.length <= cutAfterBytes) return void response.end(part);
    response.write(part.subarray(0, cutAfterBytes), () => response.socket?.end());
  }

  function isDamaged(path: string): boolean {
    const { damagedTimes = Infinity, damaged = [] } = behaviour;
    if (!damaged.includes(path) || damagedTimes === 0) return false;
    behaviour.damagedTimes = damagedTimes - 1;
    return true;
  }

  for (const server of [cdn, hub]) {
    server.listen(server === hub ? port : 0, "127.0.0.1");
    await once(server, "listening");
  }
  return {
    url: origin(hub),
    behaviour,
    requests,
    cdnAuthorizations,
    async close() {
      for (const server of [cdn, hub]) {
        server.close();
        server.closeAllConnections();
        await once(server, "close");
      }
    },
  };
}

function origin(server: ReturnType<typeof createServer>): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function pathOf(request: IncomingMessage): string {
  return new URL(request.url ?? "/", "http://hub").pathname;
}

function redirect(response: ServerResponse, status: number, location: string): void {
  response.writeHead(status, { location }).end();
}

function refuse(response: ServerResponse, { status, retryAfter }: { status: number; retryAfter?: string }): void {
  response.writeHead(status, retryAfter === undefined ? {} : { "retry-after": retryAfter }).end("busy");
}

function fail(response: ServerResponse, status: number, code: string | undefined, message: string): void {
  if (code !== undefined) response.setHeader("x-error-code", code);
  response.writeHead(status, { "x-error-message": message }).end(message);
}

async function readRepo(folder: string): Promise<Repo | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (!entries) return undefined;
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(
    paths
      .toSorted()
      .map(async (path) => stored(path.slice(folder.length + 1).replaceAll("\\", "/"), await readFile(path))),
  );
  const commit = createHash("sha1");
  for (const { path, etag } of files) commit.update(`${path}\0${etag}\0`);
  return { commit: commit.digest("hex"), files };
}

function stored(path: string, content: Buffer): StoredFile {
  const sha256 = createHash("sha256").update(content).digest("hex");
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${content.length}\n`;
  const large = isLarge(path);
  const blobId = gitBlob(large ? Buffer.from(pointer) : content);
  return { path, content, isLarge: large, etag: large ? sha256 : blobId, blobId };
}

function gitBlob(content: Buffer): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

function isLarge(path: string): boolean {
  return /\.(?:gguf|safetensors|bin|onnx|model)$/.test(path);
}
