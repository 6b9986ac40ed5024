/*
 * The table of omniport.yaml's settings. Which there are, and their order, is the schema's; what they mean and what they are
 * unless set stands in the page, in its own language, and is kept.
 */

/** The part of a JSON schema that holds settings. */
export interface SettingsSchema {
  readonly properties?: Readonly<Record<string, SettingsSchema>>;
  readonly additionalProperties?: SettingsSchema | boolean;
  readonly anyOf?: readonly SettingsSchema[];
}

const BEGIN = "<!-- settings: begin -->";
const END = "<!-- settings: end -->";

/**
 * A page with its table made anew, between the two comments that mark it.
 * @throws Error that names a setting of which the page says nothing.
 */
export function withSettingsTable(page: string, schema: SettingsSchema): string {
  const [before] = page.split(BEGIN);
  const [table, after] = page.split(BEGIN)[1]?.split(END) ?? [];
  if (before === undefined || table === undefined || after === undefined) {
    throw new Error(`The page has no ${BEGIN} … ${END}.`);
  }
  const [header = "", rule = "", ...rows] = table.trim().split("\n");
  const known = new Map(rows.map((row) => [/^\| `([^`]+)` \|/.exec(row)?.[1] ?? row, row]));
  const made = settingsOf(schema, "", known).map((key) => known.get(key) ?? key);
  return `${before}${BEGIN}\n\n${[header, rule, ...made].join("\n")}\n\n${END}${after}`;
}

/**
 * The settings by their paths: `providers.<name>.title`. Of one that is explained as a whole, such as a provider's
 * `timeouts`, only those parts that are explained, too.
 */
function settingsOf(schema: SettingsSchema, path: string, known: ReadonlyMap<string, string>): readonly string[] {
  const isExplained = known.has(path);
  const parts = partsOf(schema, path).filter(([name]) => !isExplained || known.has(name));
  if (parts.length === 0 && !isExplained) throw new Error(`Explain it: | \`${path}\` | what it means | default |`);
  return [...(isExplained ? [path] : []), ...parts.flatMap(([name, part]) => settingsOf(part, name, known))];
}

function partsOf(
  { properties = {}, additionalProperties: named, anyOf = [] }: SettingsSchema,
  path: string,
): readonly (readonly [string, SettingsSchema])[] {
  const prefix = path === "" ? "" : `${path}.`;
  const hasNames = typeof named === "object" && (named.properties ?? named.anyOf) !== undefined;
  return [
    ...Object.entries(properties).map(([name, part]) => [`${prefix}${name}`, part] as const),
    ...(hasNames ? [[`${prefix}<name>`, named] as const] : []),
    ...anyOf.flatMap((choice) => partsOf(choice, path)),
  ];
}
