import type { ChatCompletionRequest, ContentPart } from "../../api/chat.ts";
import { invalidRequest } from "../../api/error.ts";
import type { InlineImage } from "../../upstream/images.ts";

/** The images that the vendor would have to fetch, and does not. */
export function imageUrls({ messages }: ChatCompletionRequest): readonly string[] {
  const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? (content as readonly ContentPart[]) : []));
  return parts.map(imageUrl).filter((url) => url !== undefined && !isDataUrl(url)) as string[];
}

/** The image's bytes in base64. @throws ApiError 400 for a data URL that is written in another way. */
export function imageData(url: string, fetched: ReadonlyMap<string, InlineImage>): string {
  if (!isDataUrl(url)) return fetched.get(url)?.base64 ?? "";
  const [head = "", data] = url.split(",", 2);
  if (data !== undefined && head.endsWith(";base64")) return data;
  const message = {
    en: `Invalid image: a data URL begins with 'data:image/png;base64,', not with '${url.slice(0, 30)}'.`,
    "zh-TW": `圖片不正確：data URL 應以「data:image/png;base64,」開頭，而不是「${url.slice(0, 30)}」。`,
  };
  throw invalidRequest(message, "messages", "invalid_image_url");
}

export function imageUrl(part: ContentPart): string | undefined {
  const { url } = (part["image_url"] ?? {}) as { readonly url?: unknown };
  return part.type === "image_url" && typeof url === "string" ? url : undefined;
}

function isDataUrl(url: string): boolean {
  return url.startsWith("data:");
}
