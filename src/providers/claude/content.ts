import type { ContentPart, Message } from "../../api/chat.ts";
import { invalidRequest } from "../../api/error.ts";
import { imageType } from "../../upstream/images.ts";
import type { RequestContext } from "../http-provider.ts";
import type { CacheControl, DocumentBlockParam, ImageBlockParam, ImageType, TextBlockParam } from "./wire.ts";

type PartBlock = TextBlockParam | ImageBlockParam | DocumentBlockParam;

/**
 * A message's content as blocks; texts of nothing but white space, which the vendor refuses, are left out. Parts that
 * are no part of OpenAI's format, such as Anthropic's own, pass as they are.
 *
 * @param path where the message stands, for errors: `messages[2]`.
 */
export function contentBlocks(
  content: Message["content"],
  path: string,
  context: RequestContext,
): readonly PartBlock[] {
  if (typeof content === "string") return textBlocks(content);
  return (content ?? []).flatMap((part, index) => {
    const blocks = partBlocks(part, `${path}.content[${index}]`, context);
    return blocks.map((block) => ({ ...block, ...cacheControl(part) }));
  });
}

/** The mark up to which the prompt is cached, where the client has set one. */
export function cacheControl(marked: Readonly<Record<string, unknown>>): { cache_control?: CacheControl } {
  const { cache_control } = marked;
  return cache_control == null ? {} : { cache_control: cache_control as CacheControl };
}

function partBlocks(part: ContentPart, path: string, context: RequestContext): readonly PartBlock[] {
  switch (part.type) {
    case "text":
      return textBlocks(part.text ?? "");
    case "refusal":
      return textBlocks(typeof part["refusal"] === "string" ? part["refusal"] : "");
    case "image_url":
      return [imageBlock(part, path, context)];
    case "file":
      return fileBlocks(part, path, context);
    case "input_audio":
      context.receipt.refuse(path, {
        en: "holds audio, which Claude does not hear: send a text of it instead.",
        "zh-TW": "含有聲音，而 Claude 聽不見聲音：請改傳其文字。",
      });
      return [];
    default:
      return [part as unknown as PartBlock];
  }
}

export function textBlocks(text: string): readonly TextBlockParam[] {
  return text.trim() === "" ? [] : [{ type: "text", text }];
}

function imageBlock(part: ContentPart, path: string, { images, receipt }: RequestContext): ImageBlockParam {
  const { url, detail } = part["image_url"] as { url: string; detail?: string | null };
  if (detail != null && detail !== "auto") receipt.note("dropped", "image_url.detail");
  if (isFetchedByVendor(url)) return { type: "image", source: { type: "url", url } };
  const fetched = images.get(url);
  if (fetched) return base64Image(fetched.mediaType, fetched.base64, path);
  const data = dataUrl(url);
  if (data) return base64Image(data.mediaType, data.base64, path);
  const found = JSON.stringify(url.slice(0, 60));
  const message = {
    en: `Invalid '${path}.image_url.url': expected an https URL, or a data URL in base64, but got ${found}.`,
    "zh-TW": `「${path}.image_url.url」不正確：應為 https 網址或 base64 的 data URL，收到的卻是 ${found}。`,
  };
  throw invalidRequest(message, `${path}.image_url.url`, "invalid_image_url");
}

/** The images that the vendor does not fetch itself: it takes https only. */
export function imageUrls(messages: readonly Message[]): readonly string[] {
  const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? (content as readonly ContentPart[]) : []));
  const urls = parts.flatMap((part) => (part.type === "image_url" ? [(part["image_url"] as { url: string }).url] : []));
  return urls.filter((url) => /^http:/i.test(url));
}

function isFetchedByVendor(url: string): boolean {
  return /^https:/i.test(url);
}

/** The type is taken from the bytes: the vendor refuses an image whose name for it is wrong. */
function base64Image(named: string, data: string, path: string): ImageBlockParam {
  const media_type = imageType(Buffer.from(data.slice(0, 32), "base64")) ?? named;
  if (isImageType(media_type) && data !== "") return { type: "image", source: { type: "base64", media_type, data } };
  const message = {
    en: `Invalid '${path}': expected a JPEG, PNG, GIF or WebP image, but got ${JSON.stringify(named)}.`,
    "zh-TW": `「${path}」不正確：應為 JPEG、PNG、GIF 或 WebP 圖片，收到的卻是 ${JSON.stringify(named)}。`,
  };
  throw invalidRequest(message, path, "invalid_image_format");
}

function isImageType(type: string): type is ImageType {
  return ["image/jpeg", "image/png", "image/gif", "image/webp"].includes(type);
}

/** A file by its id, a PDF or an image as its bytes, or a text. */
function fileBlocks(part: ContentPart, path: string, { receipt }: RequestContext): readonly PartBlock[] {
  const { file_id, file_data, filename } = (part["file"] ?? {}) as Partial<Record<string, string | null>>;
  const title = filename ? { title: filename } : {};
  if (file_id) return [{ type: "document", source: { type: "file", file_id }, ...title }];
  if (!file_data) {
    const message = {
      en: `Missing required parameter: '${path}.file.file_data', or '${path}.file.file_id'.`,
      "zh-TW": `缺少必要的參數「${path}.file.file_data」或「${path}.file.file_id」。`,
    };
    throw invalidRequest(message, `${path}.file`, "missing_required_parameter");
  }
  const { mediaType, base64 } = dataUrl(file_data) ?? { mediaType: "application/pdf", base64: file_data };
  if (mediaType === "application/pdf") {
    return [{ type: "document", source: { type: "base64", media_type: "application/pdf", data: base64 }, ...title }];
  }
  if (mediaType.startsWith("image/")) return [base64Image(mediaType, base64, path)];
  if (/^text\/|[/+](json|xml|yaml)$/.test(mediaType)) {
    const data = Buffer.from(base64, "base64").toString("utf8");
    return data.trim() === ""
      ? []
      : [{ type: "document", source: { type: "text", media_type: "text/plain", data }, ...title }];
  }
  receipt.refuse(path, {
    en: `holds a file of type '${mediaType}': Claude reads PDF, text and images.`,
    "zh-TW": `含有型別為「${mediaType}」的檔案，Claude 可讀取 PDF、文字與圖片。`,
  });
  return [];
}

/** The parts of `data:image/png;base64,…`; undefined for what is none. */
function dataUrl(url: string): { mediaType: string; base64: string } | undefined {
  const comma = url.indexOf(",");
  const head = url.slice(0, Math.max(comma, 0)).toLowerCase();
  if (!head.startsWith("data:") || !head.endsWith(";base64")) return undefined;
  return { mediaType: head.slice("data:".length).split(";")[0] ?? "", base64: url.slice(comma + 1) };
}
