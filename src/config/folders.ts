import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { Environment } from "./environment.ts";

/** Where files are kept between starts. */
export interface Folders {
  /** Hugging Face's own: tokens, and the models that its other tools share with us. */
  readonly huggingFace: string;
  readonly hubCache: string;
  readonly hubTokenFile: string;
  /** Omniport's own. */
  readonly cache: string;
}

/**
 * Sources: https://specifications.freedesktop.org/basedir-spec/latest/ (a relative path counts as none),
 * https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 */
export function folders(environment: Environment, platform: NodeJS.Platform = process.platform): Folders {
  const home = (platform === "win32" ? environment.USERPROFILE : environment.HOME) || homedir();
  const path = (value: string) => resolve(expandHome(value, home));
  const xdg = environment.XDG_CACHE_HOME;
  const cache = xdg && isAbsolute(xdg) ? xdg : join(home, ".cache");
  const huggingFace = path(environment.HF_HOME || join(cache, "huggingface"));
  return {
    huggingFace,
    hubCache: path(environment.HF_HUB_CACHE || join(huggingFace, "hub")),
    hubTokenFile: path(environment.HF_TOKEN_PATH || join(huggingFace, "token")),
    cache: join(platform === "win32" ? environment.LOCALAPPDATA || join(home, "AppData", "Local") : cache, "omniport"),
  };
}

/** `~/models` as the shell reads it. */
export function expandHome(path: string, home: string = homedir()): string {
  return path.replace(/^~(?=$|[/\\])/, () => home);
}
