import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const READMES = ["README.md", "README.zh-TW.md", "bench/README.md"];

/**
 * Puts figures where the READMEs show them, between `<!-- NAME:begin -->` and `<!-- NAME:end -->`.
 * @throws Error for a README without these marks.
 */
export function writeFigures(name: string, table: string): void {
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  for (const readme of READMES) {
    const path = join(import.meta.dirname, "..", readme);
    const before = readFileSync(path, "utf8");
    const [head, ...rest] = before.split(begin);
    const tail = rest.join(begin).split(end).slice(1);
    if (tail.length !== 1) throw new Error(`${readme} has not '${begin}' and '${end}' once each.`);
    writeFileSync(path, `${head}${begin}\n\n${table}\n\n${end}${tail[0]}`);
  }
}
