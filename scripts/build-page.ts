import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type * as Vite from "vite";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Makes `dist/page/` of `page/`: the files of the page at `/`, each also compressed. */
const root = fileURLToPath(new URL("..", import.meta.url));
const output = join(root, "dist/page");
/** What is served as it is; all else is compressed already. */
const COMPRESSIBLE = "**/*.{html,js,css,svg,json,txt}";
/** Below that, the headers weigh more than what is saved. */
const MIN_BYTES = 512;

const vite = await installedVite();
if (vite === undefined) {
  console.log(
    "The page at / is not built: Vite is not installed. Run 'npm ci' with development dependencies, then 'npm run build'.",
  );
} else {
  await vite.build({ configFile: join(root, "page/vite.config.ts"), logLevel: "warn" });
  for (const name of globSync(COMPRESSIBLE, { cwd: output })) compress(join(output, name));
  console.log(`dist/page written: ${firstLoadKb()} KB gzip at first load.`);
}

/** Undefined after `npm ci --omit=dev`. */
async function installedVite(): Promise<Pick<typeof Vite, "build"> | undefined> {
  try {
    return await import("vite");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw thrown;
  }
}

function compress(path: string): void {
  const content = readFileSync(path);
  if (content.length < MIN_BYTES) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  writeFileSync(`${path}.br`, brotliCompressSync(content, { params }));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}

/** What the browser fetches before anything is seen: the page, and what it names. */
function firstLoadKb(): number {
  const html = readFileSync(join(output, "index.html"), "utf8");
  const named = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, name = ""]) => name);
  const bytes = ["index.html", ...named].map((name) => gzipSync(readFileSync(join(output, name))).length);
  return Math.round(bytes.reduce((sum, length) => sum + length, 0) / 1024);
}
