import { existsSync } from "node:fs";

/** Where Debian and others put the browser; `CHROMIUM` says otherwise. Playwright's own is not asked for. */
const USUAL_PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The path of the browser for tests, whether it is there or not. */
export const CHROMIUM: string =
  process.env["CHROMIUM"] ?? USUAL_PLACES.find((path) => existsSync(path)) ?? "/usr/bin/chromium";

/** Why tests in a browser cannot be run here; undefined where they can. */
export function whyNoChromium(): string | undefined {
  if (existsSync(CHROMIUM)) return undefined;
  return `there is no Chromium at ${CHROMIUM}: 'apt-get install chromium', or set CHROMIUM`;
}
