import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { invalidRequest } from "../api/error.ts";
import { say, type Wording } from "../messages/say.ts";

export interface InlineImage {
  /** As its bytes say, whatever the server calls it: `image/png`. */
  readonly mediaType: string;
  readonly base64: string;
}

const MAX_IMAGES = 32;
const MAX_BYTES = 20 * 1024 * 1024;
const TIMEOUT_MS = 20_000;
const MAX_REDIRECTS = 3;

/**
 * Fetches images for vendors that take bytes only. Addresses of this machine and of private networks are refused: a
 * client must not be able to read, through us, what it could not reach itself (SSRF).
 * @throws ApiError 400 that names the URL and what would be right.
 */
export async function fetchImages(
  urls: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, InlineImage>> {
  const distinct = [...new Set(urls)];
  if (distinct.length > MAX_IMAGES) throw refused(say.tooManyImages(MAX_IMAGES));
  const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const images = await Promise.all(distinct.map((url) => fetchImage(url, limited, MAX_REDIRECTS)));
  return new Map(distinct.map((url, index) => [url, images[index]!]));
}

async function fetchImage(url: string, signal: AbortSignal, redirects: number): Promise<InlineImage> {
  const { Agent, request } = await import("undici");
  const address = await publicAddress(url, signal);
  // Connects to the address that was checked: a name might lead elsewhere when it is looked up again.
  const dispatcher = new Agent({
    connect: { lookup: (_host, _options, found) => found(null, [{ address, family: isIP(address) }]) },
  });
  try {
    const { statusCode, headers, body } = await request(url, { dispatcher, signal, headersTimeout: TIMEOUT_MS });
    const { location } = headers;
    if (statusCode >= 300 && statusCode < 400 && typeof location === "string" && redirects > 0) {
      await body.dump();
      return await fetchImage(new URL(location, url).href, signal, redirects - 1);
    }
    if (statusCode !== 200) throw refused(say.imageRefused(shown(url), statusCode));
    return inline(url, await readBytes(url, body));
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === "ApiError") throw thrown;
    throw refused(say.imageUnreachable(shown(url)), thrown);
  } finally {
    await dispatcher.destroy();
  }
}

async function publicAddress(url: string, signal: AbortSignal): Promise<string> {
  const { protocol, hostname } = URL.parse(url) ?? { protocol: "", hostname: "" };
  if (protocol !== "https:" && protocol !== "http:") throw refused(say.imageAddress(shown(url)));
  const name = hostname.replace(/^\[|\]$/g, "");
  const found = isIP(name) ? [{ address: name }] : await lookup(name, { all: true }).catch(() => []);
  signal.throwIfAborted();
  const [first] = found;
  if (!first) throw refused(say.imageHostUnknown(shown(url)));
  const nets = privateNets();
  if (found.some(({ address }) => isIn(nets, address))) throw refused(say.imageHostPrivate(shown(url)));
  return first.address;
}

async function readBytes(url: string, body: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > MAX_BYTES) throw refused(say.imageTooLarge(shown(url), MAX_BYTES / 1024 / 1024));
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function inline(url: string, bytes: Buffer): InlineImage {
  const mediaType = imageType(bytes);
  if (mediaType === undefined) throw refused(say.imageUnknown(shown(url)));
  return { mediaType, base64: bytes.toString("base64") };
}

/** The type of an image by its first bytes; undefined for what is none that vendors take. */
export function imageType(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (head.startsWith("GIF8")) return "image/gif";
  if (head.startsWith("RIFF") && head.slice(8) === "WEBP") return "image/webp";
  return undefined;
}

function isIn(nets: BlockList, address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  return nets.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

/** Source: https://www.iana.org/assignments/iana-ipv4-special-registry and the same for IPv6 */
const PRIVATE_NETS = [
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24",
  "192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4",
  "::/128 ::1/128 ::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 fc00::/7 fe80::/10 ff00::/8",
];

function privateNets(): BlockList {
  const list = new BlockList();
  for (const net of PRIVATE_NETS.flatMap((line) => line.split(" "))) {
    const [address = "", prefix] = net.split("/");
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return list;
}

/** A URL for a message: without what may be secret in it. */
function shown(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.origin}${parsed.pathname}`.slice(0, 200) : url.slice(0, 50);
}

function refused(message: Wording, cause?: unknown): Error {
  return Object.assign(invalidRequest(message, "messages", "invalid_image_url"), { cause });
}
