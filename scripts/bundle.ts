/*
 * Joins the files of `dist/` into few: a start that reads three hundred files one by one takes twice as long, and keeps more
 * memory. What Node opens by name stays where it was: the program, the library, and the threads. Packages stay apart.
 */
import { cpSync, globSync, rmSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { build, type Plugin } from "vite";

/** What Node opens by its name, without `.js`. */
const OPENED = ["main", "index", "store/traffic/traffic-thread", "engine/**/*-worker"];
const HERE = "__HERE__";

/** @param dist as `tsc` has written it; an absolute path. */
export async function bundle(dist: string): Promise<void> {
  const names = OPENED.flatMap((pattern) => globSync(`${pattern}.js`, { cwd: dist })).map((file) => file.slice(0, -3));
  const joined = join(dist, "joined");
  await build({
    configFile: false,
    root: dist,
    logLevel: "warn",
    plugins: [ownPlaces(dist)],
    ssr: { external: true },
    build: {
      ssr: true,
      target: "esnext",
      outDir: joined,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(names.map((name) => [name, join(dist, `${name}.js`)])),
        output: {
          entryFileNames: "[name].js",
          chunkFileNames: "chunks/[name]-[hash].js",
          comments: { jsdoc: false }, // Node keeps the text; the types have them, too
        },
      },
    },
  });
  for (const file of globSync("**/*.js", { cwd: dist, exclude: ["joined/**", "page/**"] })) rmSync(join(dist, file));
  cpSync(joined, dist, { recursive: true });
  rmSync(joined, { recursive: true });
}

/** Files that lie beside a module are found from where the module was, not from where it is now. */
function ownPlaces(dist: string): Plugin {
  return {
    name: "own-places",
    transform: (code, id) =>
      code.replaceAll("import.meta.url", `new URL("${HERE}/${relative(dist, id)}", import.meta.url).href`),
    renderChunk: (code, { fileName }) => code.replaceAll(HERE, posix.relative(dirname(fileName), ".") || "."),
  };
}
