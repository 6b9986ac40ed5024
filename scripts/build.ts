import { execFileSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";

/** Makes `dist/`: of `src/` plain JavaScript, joined into few files, and its types; and of `page/` the page. */
const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(`${root}/dist`, { recursive: true, force: true });
execFileSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, "--project", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
await bundle(`${root}/dist`);
chmodSync(`${root}/dist/main.js`, 0o755);
execFileSync(process.execPath, [`${root}/scripts/build-page.ts`], { stdio: "inherit" });
