import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { blocksOf } from "./docs/blocks.ts";

/*
 * The documentation's two languages say the same, and its links lead somewhere. Its commands are run by
 * `npm run test:docs`.
 */

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = ["README.md", ...globSync("docs/en/*.md", { cwd: root })].toSorted();
const all = [...globSync("*.md", { cwd: root }), ...globSync("docs/*/*.md", { cwd: root })].toSorted();

function read(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

function translated(page: string): string {
  return page.startsWith("docs/") ? page.replace("/en/", "/zh-TW/") : "README.zh-TW.md";
}

test("both languages have the same pages", () => {
  const names = (language: string): readonly string[] =>
    globSync("*.md", { cwd: join(root, "docs", language) }).toSorted();
  assert.deepEqual(names("zh-TW"), names("en"));
});

describe("a page says the same in both languages: headings, tables, blocks", () => {
  for (const page of pages) {
    test(page, () => assert.deepEqual(shape(read(translated(page))), shape(read(page))));
  }
});

/** Headings' levels, and the rows of tables and languages of blocks below each. */
function shape(page: string): readonly object[] {
  const sections = withoutBlocks(page).split(/^(?=#{1,6} )/m);
  const blocks = blocksOf(page).map(({ language, file, notRun }) => ({ language, file, isRun: notRun === undefined }));
  return [
    ...sections.map((section) => ({
      level: /^#+/.exec(section)?.[0].length ?? 0,
      rows: section.match(/^\|/gm)?.length ?? 0,
      points: section.match(/^ *(?:-|\d+\.) /gm)?.length ?? 0,
    })),
    ...blocks,
  ];
}

describe("every link within the repository leads to a file, and to a heading in it", () => {
  for (const page of all) {
    test(page, () => {
      const links = [...withoutBlocks(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
      const broken = links.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(page, link));
      assert.deepEqual(broken, []);
    });
  }
});

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || anchors(read(target)).has(decodeURIComponent(anchor));
}

/** The names that headings have in links, as GitHub makes them. */
function anchors(page: string): ReadonlySet<string> {
  const headings = [...withoutBlocks(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, text = ""]) => text);
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

test("every variable of .env.example is explained in both languages", () => {
  const variables = [...read(".env.example").matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = ""]) => name);
  assert.ok(variables.length > 10);
  for (const language of ["en", "zh-TW"]) {
    const text = read(`docs/${language}/configuration.md`) + read(`docs/${language}/providers.md`);
    assert.deepEqual(
      variables.filter((name) => !text.includes(`\`${name}\``)),
      [],
    );
  }
});

function withoutBlocks(page: string): string {
  return page.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, "");
}
