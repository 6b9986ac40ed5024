import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";

/** Where the page's files are served from, and where `npm run page` finds the API. */
const API = "http://127.0.0.1:8000";
const API_PATHS = ["/v1", "/admin", "/openapi.json"];

const ROOT = fileURLToPath(new URL(".", import.meta.url));

/** https://vite.dev/config/ */
const config: UserConfig = defineConfig({
  root: ROOT,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    // The page at / and the API reference at /docs.
    rolldownOptions: { input: ["index.html", "docs.html"].map((name) => `${ROOT}${name}`) },
    outDir: "../dist/page",
    emptyOutDir: true,
    target: "baseline-widely-available",
    // `light-dark()` as it is written: what replaces it for old browsers does not follow the page's own switch.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // Nothing is inlined: the page's policy allows no data: scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: Object.fromEntries(API_PATHS.map((path) => [path, API])) },
});

// Vite asks for it.
// oxlint-disable-next-line import/no-default-export
export default config;
