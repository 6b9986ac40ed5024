import type { ContentPart } from "../../api/chat.ts";
import { type ApiError, invalidRequest } from "../../api/error.ts";
import type { Wording } from "../../messages/say.ts";
import type { RequestContext } from "../http-provider.ts";
import type { Blob, Part } from "./wire.ts";

/** Links that Gemini follows itself: its own Files API, Cloud Storage, YouTube. */
const FOLLOWED =
  /^(gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/|https:\/\/((www|m|music)\.)?youtube\.com\/|https:\/\/youtu\.be\/)/;

/** The link of a part that refers to a picture or a video. */
export function linkOf(part: ContentPart): string | undefined {
  const link =
    part.type === "image_url" ? part["image_url"] : part.type === "video_url" ? part["video_url"] : undefined;
  const url = typeof link === "string" ? link : (Object(link) as { url?: unknown }).url;
  return typeof url === "string" ? url : undefined;
}

/** Whether we must fetch what is behind a link. */
export function mustBeFetched(url: string): boolean {
  return !url.startsWith("data:") && !FOLLOWED.test(url);
}

/**
 * A part that is not text; undefined for a type that Gemini has no equal of.
 * @param path where it stands in the request, for errors.
 */
export function mediaPart(part: ContentPart, path: string, images: RequestContext["images"]): Part | undefined {
  switch (part.type) {
    case "image_url":
    case "video_url":
      return linked(linkOf(part), `${path}.${part.type}.url`, images);
    case "input_audio":
      return audio(part["input_audio"], `${path}.input_audio`);
    case "file":
      return file(part["file"], `${path}.file`);
    default:
      return undefined;
  }
}

function linked(url: string | undefined, path: string, images: RequestContext["images"]): Part {
  if (url === undefined) throw invalid(path, { en: "expected a URL", "zh-TW": "應為網址" });
  if (url.startsWith("data:")) return { inlineData: blob(url, path) };
  const image = images.get(url);
  if (image) return { inlineData: { mimeType: image.mediaType, data: image.base64 } };
  return { fileData: { fileUri: url, ...mimeTypeOf(url) } };
}

/** Source: https://ai.google.dev/gemini-api/docs/audio */
function audio(value: unknown, path: string): Part {
  const { data, format } = Object(value) as { data?: unknown; format?: unknown };
  if (typeof data !== "string" || typeof format !== "string" || !/^\w+$/.test(format)) {
    throw invalid(path, {
      en: "expected 'data' in base64 and a 'format' such as 'wav' or 'mp3'",
      "zh-TW": "應有 base64 的「data」，以及「wav」或「mp3」這類的「format」",
    });
  }
  return { inlineData: { mimeType: `audio/${format}`, data } };
}

function file(value: unknown, path: string): Part {
  const fields = Object(value) as Readonly<Record<string, unknown>>;
  const [data, uri, filename] = [string(fields["file_data"]), string(fields["file_id"]), string(fields["filename"])];
  if (data.startsWith("data:")) return { inlineData: blob(data, `${path}.file_data`) };
  if (data !== "") {
    const { mimeType } = mimeTypeOf(filename);
    if (mimeType) return { inlineData: { mimeType, data } };
    throw invalid(`${path}.file_data`, {
      en: "expected a data URL, or a 'filename' with a known ending such as '.pdf'",
      "zh-TW": "應為 data URL，或有已知副檔名（例如「.pdf」）的「filename」",
    });
  }
  if (FOLLOWED.test(uri)) return { fileData: { fileUri: uri, ...mimeTypeOf(filename || uri) } };
  throw invalid(`${path}.file_id`, {
    en: "expected a URI of Gemini's own Files API, or the file itself in 'file_data'",
    "zh-TW": "應為 Gemini 自己的 Files API 的 URI，或放在「file_data」中的檔案本身",
  });
}

function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Reads `data:image/png;base64,…`; what is not base64 becomes it. */
function blob(url: string, path: string): Blob {
  const comma = url.indexOf(",");
  const [mimeType = "", ...parameters] = url.slice("data:".length, comma).split(";");
  if (comma < 0 || !/^[\w.+-]+\/[\w.+-]+$/.test(mimeType)) {
    throw invalid(path, {
      en: "expected a data URL such as 'data:image/png;base64,…'",
      "zh-TW": "應為 data URL，例如「data:image/png;base64,…」",
    });
  }
  const data = url.slice(comma + 1);
  return {
    mimeType,
    data: parameters.includes("base64") ? data : Buffer.from(unescaped(data, path)).toString("base64"),
  };
}

function unescaped(text: string, path: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(path, {
      en: "the data URL has a '%' that begins no escape",
      "zh-TW": "data URL 中有不成跳脫序列的「%」",
    });
  }
}

const MIME_TYPES: Readonly<Record<string, string>> = {
  csv: "text/csv",
  gif: "image/gif",
  heic: "image/heic",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  md: "text/md",
  mov: "video/mov",
  mp3: "audio/mp3",
  mp4: "video/mp4",
  pdf: "application/pdf",
  png: "image/png",
  txt: "text/plain",
  wav: "audio/wav",
  webm: "video/webm",
  webp: "image/webp",
};

function mimeTypeOf(name: string): { readonly mimeType?: string } {
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const mimeType = Object.hasOwn(MIME_TYPES, ending) ? MIME_TYPES[ending] : undefined;
  return mimeType === undefined ? {} : { mimeType };
}

function invalid(path: string, why: Wording): ApiError {
  const message = {
    en: `Invalid value for '${path}': ${why.en}.`,
    "zh-TW": `「${path}」的值不正確：${why["zh-TW"]}。`,
  };
  return invalidRequest(message, path, "invalid_value");
}
