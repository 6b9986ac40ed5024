import { readFile, writeFile } from "node:fs/promises";
import { envExample } from "./env-example.ts";
import { jsonSchema } from "../src/config/schema.ts";
import { providers } from "../src/providers/index.ts";

/** Writes the files that are made from the code; with `--check`, only tells which of them are out of date. */
const FILES: Readonly<Record<string, string>> = {
  "omniport.schema.json": `${JSON.stringify(jsonSchema(), undefined, 2)}\n`,
  ".env.example": envExample(providers),
};

const isCheck = process.argv.includes("--check");
for (const [name, content] of Object.entries(FILES)) {
  const path = new URL(`../${name}`, import.meta.url);
  const present = await readFile(path, "utf8").catch(() => undefined);
  if (present === content) continue;
  if (!isCheck) await writeFile(path, content);
  console.log(isCheck ? `${name} is out of date: npm run generate` : `${name} written`);
  if (isCheck) process.exitCode = 1;
}
