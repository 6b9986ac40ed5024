import type { ProviderFacts } from "../src/providers/provider.ts";

interface Words {
  readonly header: readonly string[];
  readonly comma: string;
  readonly optional: string;
  readonly thisMachine: string;
}

export const ENGLISH: Words = {
  header: ["provider", "prefix", "key", "address", "default address"],
  comma: ", ",
  optional: " (optional)",
  thisMachine: "this machine",
};

export const CHINESE: Words = {
  header: ["供應商", "前綴", "金鑰", "位址", "預設位址"],
  comma: "、",
  optional: "（選用）",
  thisMachine: "本機",
};

const BEGIN = "<!-- providers: begin -->";
const END = "<!-- providers: end -->";

/** A page with its table of providers made anew, between the two comments that mark it. */
export function withProvidersTable(page: string, providers: readonly ProviderFacts[], words: Words): string {
  const [before] = page.split(BEGIN);
  const after = page.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`The page has no ${BEGIN} … ${END}.`);
  const rows = [words.header, words.header.map(() => "---"), ...providers.map((provider) => row(provider, words))];
  const table = rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

function row({ name, aliases = [], title, env, baseUrl, keyOptional }: ProviderFacts, words: Words): readonly string[] {
  const list = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(words.comma);
  const isHere = baseUrl === "http://localhost/v1"; // stands for the engine's private socket
  return [
    title,
    list([name, ...aliases].map((prefix) => `${prefix}/`)),
    env.key.length === 0 ? "–" : list(env.key) + (keyOptional ? words.optional : ""),
    list(env.baseUrl),
    isHere ? words.thisMachine : baseUrl === undefined ? "–" : `\`${baseUrl}\``,
  ];
}
