/** A fenced block of a page. */
export interface Block {
  /** What stands behind the fence: `sh`, `yaml`. */
  readonly language: string;
  readonly text: string;
  /** Of its first line, from 1. */
  readonly line: number;
  /** Why it is not run: from `<!-- not run: needs Docker -->` above it. */
  readonly notRun?: string;
  /** The file that it is to be saved as: from `<!-- file: omniport.yaml -->` above it. */
  readonly file?: string;
}

const FENCE = /^(\s*)```(\w*)\s*$/;
const NOTE = /^\s*<!-- (not run|file): (.+) -->\s*$/;

/** The fenced blocks of a Markdown page, in their order. */
export function blocksOf(page: string): readonly Block[] {
  const lines = page.split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [fence, indent = "", language = ""] = FENCE.exec(lines[at]!) ?? [];
    if (fence === undefined) continue;
    const end = lines.findIndex((line, index) => index > at && line.trim() === "```");
    if (end < 0) throw new Error(`Line ${at + 1}: the block has no end.`);
    const text = lines.slice(at + 1, end).map((line) => line.replace(indent, ""));
    blocks.push({ language, text: text.join("\n"), line: at + 2, ...noteOn(lines[at - 1] ?? "") });
    at = end;
  }
  return blocks;
}

function noteOn(line: string): Pick<Block, "notRun" | "file"> {
  const [, kind, value = ""] = NOTE.exec(line) ?? [];
  if (kind === undefined) return {};
  return kind === "file" ? { file: value } : { notRun: value };
}
