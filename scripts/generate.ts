import { readFile, writeFile } from "node:fs/promises";
import { envExample } from "./env-example.ts";
import { openapi } from "./openapi/document.ts";
import { CHINESE, ENGLISH, withProvidersTable } from "./providers-table.ts";
import { type SettingsSchema, withSettingsTable } from "./settings-table.ts";
import { version } from "../src/config/version.ts";
import { jsonSchema } from "../src/config/schema.ts";
import { providers } from "../src/providers/index.ts";

/** From a file as it is, if it is there, to the file as it should be. */
type Make = (present: string) => string;

const settings: SettingsSchema = jsonSchema();
const document = openapi(await version());

/** Writes the files that are made from the code; with `--check`, only tells which of them are out of date. */
const FILES: Readonly<Record<string, Make>> = {
  "omniport.schema.json": () => `${JSON.stringify(settings, undefined, 2)}\n`,
  "openapi.json": () => `${JSON.stringify(document, undefined, 2)}\n`,
  ".env.example": () => envExample(providers),
  "docs/en/providers.md": (page) => withProvidersTable(page, providers, ENGLISH),
  "docs/zh-TW/providers.md": (page) => withProvidersTable(page, providers, CHINESE),
  "docs/en/configuration.md": (page) => withSettingsTable(page, settings),
  "docs/zh-TW/configuration.md": (page) => withSettingsTable(page, settings),
};

const isCheck = process.argv.includes("--check");
for (const [name, make] of Object.entries(FILES)) {
  const path = new URL(`../${name}`, import.meta.url);
  const present = await readFile(path, "utf8").catch(() => "");
  const content = make(present);
  if (present === content) continue;
  if (!isCheck) await writeFile(path, content);
  console.log(isCheck ? `${name} is out of date: npm run generate` : `${name} written`);
  if (isCheck) process.exitCode = 1;
}
