import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import type { HubClient } from "./client.ts";
import type { FileEntry } from "./needed-files.ts";

/** A file as the hub announces it. */
export interface RemoteFile extends FileEntry {
  /** The name of its content: SHA-256 of large files (64 digits), else git's SHA-1 of the blob (40 digits). */
  readonly blob: string;
}

/** A repository as it is at one commit. */
export interface Listing {
  readonly commit: string;
  readonly files: readonly RemoteFile[];
}

/** `GET /api/models/{repo}/revision/{revision}?blobs=true`, as far as it is read here. */
interface ModelInfo {
  readonly sha?: unknown;
  readonly siblings?: readonly Sibling[];
}

interface Sibling {
  readonly rfilename?: unknown;
  readonly size?: unknown;
  readonly blobId?: unknown;
  readonly lfs?: { readonly sha256?: unknown; readonly size?: unknown };
}

const MAX_BYTES = 32 * 1024 * 1024;
const COMMIT = /^[0-9a-f]{40}$/;
// oxlint-disable-next-line no-control-regex -- a path with these in it is what we look for
const UNSAFE = /[\u0000-\u001f\\:]/;
const BLOB = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * One request: the commit that a revision names now, and all of its files.
 * @throws EngineError what the client throws; `no_network` where the answer is not a hub's.
 */
export async function list(client: HubClient, repo: string, revision: string, signal: AbortSignal): Promise<Listing> {
  const path = `/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const response = await client.get(repo, path, { signal });
  const { sha, siblings } = parse(repo, await readBytes(repo, response.body));
  if (typeof sha !== "string" || !isCommit(sha) || !Array.isArray(siblings)) throw notAHub(repo, "it names no commit");
  return { commit: sha, files: siblings.flatMap(remoteFile) };
}

/** A revision that can never mean anything else. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/** Where a file's content is: the path below the endpoint. */
export function contentPath(repo: string, commit: string, file: string): string {
  return `/${repo}/resolve/${commit}/${file.split("/").map(encodeURIComponent).join("/")}`;
}

/** None for what could not become a file of the cache: other paths than relative ones, other names than hashes. */
function remoteFile({ rfilename: path, size, blobId, lfs }: Sibling): readonly RemoteFile[] {
  const blob = lfs?.sha256 ?? blobId;
  const bytes = lfs?.size ?? size;
  if (typeof path !== "string" || typeof blob !== "string" || typeof bytes !== "number") return [];
  if (!isRelative(path) || !BLOB.test(blob) || !Number.isSafeInteger(bytes) || bytes < 0) return [];
  return [{ path, size: bytes, blob }];
}

function isRelative(path: string): boolean {
  return !UNSAFE.test(path) && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

async function readBytes(repo: string, body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw notAHub(repo, `it is longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(repo: string, bytes: Buffer): ModelInfo {
  try {
    return JSON.parse(bytes.toString("utf8")) as ModelInfo;
  } catch (error) {
    throw notAHub(repo, "it is not JSON", error);
  }
}

function notAHub(repo: string, reason: string, cause?: unknown): EngineError {
  return new EngineError("no_network", say.noHub(repo, reason), { cause });
}
