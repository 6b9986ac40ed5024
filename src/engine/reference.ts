import { say, type Wording } from "../messages/say.ts";
import { EngineError } from "./errors.ts";

/** What a model's name means: a repository of the Hugging Face hub, or files of the user's own. */
export type ModelReference =
  | {
      readonly kind: "repo";
      /** `owner/name`. */
      readonly repo: string;
      /** A branch, a tag, a pull request (`refs/pr/1`) or a commit. */
      readonly revision: string;
      /** As the client wrote it; matched without regard to case. */
      readonly quantization?: string;
    }
  | { readonly kind: "path"; readonly path: string; readonly quantization?: string };

const MAX_LENGTH = 1024;
const PATH = /^(?:\.?[\\/]|\.\.[\\/]|[A-Za-z]:[\\/])/;
const QUANTIZATION = /:([A-Za-z0-9][\w.-]{0,63})$/;
/** Source: `validate_repo_id` of huggingface_hub. */
const REPO_PART = /^(?![-.])(?!.*(?:--|\.\.))[\w.-]{1,96}(?<![-.])$/;
const REVISION = /^[\w.-]+(?:\/[\w.-]+)*$/;

/**
 * Reads `owner/repo`, `owner/repo@revision`, `owner/repo:Q4_K_M`, `owner/repo@revision:Q4_K_M`, or a path: `./models/x`,
 * `/abs/x`, `C:\x`, each with `:Q4_K_M` after it if need be.
 *
 * A name without an owner belongs to the owner that the sentence-transformers library would take, or to BAAI for `bge-*`.
 *
 * @throws EngineError `bad_request` for anything else.
 */
export function parseReference(name: string): ModelReference {
  if (name.length > MAX_LENGTH)
    throw refused(`${name.slice(0, 40)}…`, {
      en: `it is longer than ${MAX_LENGTH} characters`,
      "zh-TW": `它超過 ${MAX_LENGTH} 個字元`,
    });
  // oxlint-disable-next-line no-control-regex -- a name with these in it is what we look for
  if (/[\u0000-\u001f\u007f]/.test(name))
    throw refused(name, { en: "it has a control character in it", "zh-TW": "其中有控制字元" });
  const suffix = QUANTIZATION.exec(name);
  const quantization = suffix?.[1] === undefined ? {} : { quantization: suffix[1] };
  const rest = suffix ? name.slice(0, suffix.index) : name;
  if (!PATH.test(rest)) return { kind: "repo", ...parseRepo(rest), ...quantization };
  if (rest.split(/[\\/]/).includes(".."))
    throw refused(name, { en: "`..` is not allowed in a path", "zh-TW": "路徑中不能有「..」" });
  return { kind: "path", path: rest, ...quantization };
}

/** The reference as a client would write it; equal references give equal text. */
export function formatReference(reference: ModelReference): string {
  const quantization = reference.quantization === undefined ? "" : `:${reference.quantization}`;
  if (reference.kind === "path") return reference.path + quantization;
  return reference.repo + (reference.revision === "main" ? "" : `@${reference.revision}`) + quantization;
}

function parseRepo(text: string): { repo: string; revision: string } {
  const at = text.indexOf("@");
  const name = at < 0 ? text : text.slice(0, at);
  const revision = at < 0 ? "main" : text.slice(at + 1);
  const parts = name.split("/");
  if (parts.length > 2 || !parts.every((part) => REPO_PART.test(part)))
    throw refused(text, {
      en: "a repository is written owner/name, with letters, digits, `-`, `_` and `.`",
      "zh-TW": "儲存庫寫作 owner/name，可用字母、數字、「-」、「_」與「.」",
    });
  if (!REVISION.test(revision) || revision.split("/").some((part) => /^\.+$/.test(part)))
    throw refused(text, {
      en: "after `@` comes a branch, a tag or a commit",
      "zh-TW": "「@」之後應為分支、標籤或 commit",
    });
  return { repo: parts.length === 2 ? name : `${defaultOwner(name)}/${name}`, revision };
}

function defaultOwner(name: string): string {
  return name.toLowerCase().startsWith("bge-") ? "BAAI" : "sentence-transformers";
}

function refused(name: string, reason: Wording): EngineError {
  return new EngineError("bad_request", say.noModelName(name, reason));
}
