import createPurifier, { type Config } from "dompurify";

/**
 * All that an answer's text may become. No class, no id, no style: the page's own looks and names stay its own. No form,
 * no frame, no SVG. Images only from data that stands in the text: nothing is fetched.
 */
const RULES: Config = {
  ALLOWED_TAGS: words(
    "a b blockquote br code del details em h1 h2 h3 h4 h5 h6 hr i img kbd li mark ol p pre s strong sub summary sup",
    "table tbody td th thead tr u ul",
  ),
  ALLOWED_ATTR: words("href src alt title start align"),
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/** Whole addresses only: a relative one would lead to this server's own routes. */
const LINK = /^(?:https?:\/\/|mailto:)/i;
/** PNG, JPEG, GIF and WebP: SVG may bear scripts. */
const IMAGE = /^data:image\/(?:png|jpeg|gif|webp);base64,[\w+/=]+$/i;

/** Each runs from left to right or from right to left, as its first letter does. The entries of a list do as the list. */
const BLOCKS: ReadonlySet<string> = new Set(words("H1 H2 H3 H4 H5 H6 OL P TD TH UL"));

/** The page's own, and that of the message which is answered. */
const HEADINGS_ABOVE = 2;

/** HTML that a model may have meant harm with, as HTML that can do none. */
export type Sanitise = (html: string) => string;

/** @param window the browser's. */
export function createSanitiser(window: Window & typeof globalThis): Sanitise {
  const purifier = createPurifier(window);
  purifier.addHook("uponSanitizeAttribute", (_, attribute) => {
    const { attrName: name, attrValue: value } = attribute;
    if ((name === "href" && !LINK.test(value)) || (name === "src" && !IMAGE.test(value))) attribute.keepAttr = false;
  });
  purifier.addHook("afterSanitizeAttributes", (node) => {
    if (BLOCKS.has(node.nodeName)) node.setAttribute("dir", "auto");
    const depth = /^H([1-6])$/.exec(node.nodeName)?.[1];
    if (depth !== undefined) node.setAttribute("aria-level", String(Number(depth) + HEADINGS_ABOVE));
    if (node.nodeName === "A") {
      node.setAttribute("target", "_blank");
      node.setAttribute("rel", "noopener noreferrer");
    }
    if (node.nodeName === "IMG" && !node.hasAttribute("src")) node.replaceWith(node.getAttribute("alt") ?? "");
  });
  return (html) => purifier.sanitize(html, RULES);
}

function words(...lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(" "));
}
