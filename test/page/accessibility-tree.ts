import type { CDPSession, Page } from "playwright-core";

type AXNode = Awaited<ReturnType<typeof nodesOf>>[number];

/** What one cannot use without knowing its name. */
const NAMED: ReadonlySet<string> = new Set(
  `button checkbox combobox dialog figure image link listbox log menu menuitem navigation option radio radiogroup region
  searchbox slider spinbutton tab textbox`.split(/\s+/),
);

/**
 * What is wrong with the page as a screen reader has it, in words: something without a name, no one main part, no one
 * heading of the whole, or a heading that is two levels below the one before it.
 */
export async function flaws(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  const nodes = await nodesOf(session);
  await session.detach();
  const shown = nodes.filter(({ ignored }) => !ignored);
  const levels = shown.filter((node) => roleOf(node) === "heading").map(levelOf);
  const isModal = shown.some(({ properties = [] }) =>
    properties.some(({ name, value }) => name === "modal" && value.value === true),
  );
  return [
    ...shown
      .filter((node) => NAMED.has(roleOf(node)) && nameOf(node) === "")
      .map((node) => `a ${roleOf(node)} has no name`),
    ...(isModal
      ? []
      : [
          ...oneOf("main", shown.filter((node) => roleOf(node) === "main").length),
          ...oneOf("h1", levels.filter((level) => level === 1).length),
        ]),
    ...levels.flatMap((level, at) => {
      const before = levels[at - 1] ?? level;
      return level > before + 1 ? [`a heading of level ${level} follows one of level ${before}`] : [];
    }),
  ];
}

async function nodesOf(session: CDPSession) {
  return (await session.send("Accessibility.getFullAXTree")).nodes;
}

function oneOf(what: string, count: number): readonly string[] {
  return count === 1 ? [] : [`there are ${count} of ${what}`];
}

function roleOf({ role }: AXNode): string {
  return String(role?.value);
}

function nameOf({ name }: AXNode): string {
  return String(name?.value ?? "").trim();
}

function levelOf({ properties = [] }: AXNode): number {
  return Number(properties.find(({ name }) => name === "level")?.value.value);
}
