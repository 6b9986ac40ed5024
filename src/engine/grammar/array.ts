import { either, repeat } from "./expressions.ts";
import { comma, space } from "./json.ts";
import { MOST_ITEMS, mostItems, tokensOf } from "./length.ts";
import { refuse } from "./refuse.ts";
import type { Compiler } from "./schema.ts";
import type { Schema } from "./schema-algebra.ts";

/** An array: the elements of `prefixItems` in their order, then any number of `items`. */
export function arrayOf(schema: Schema, path: string, { rules, compile, attempt }: Compiler): string {
  const { items = true, minItems = 0, maxItems, uniqueItems = false } = schema;
  if (uniqueItems !== false)
    refuse(path, {
      en: "has 'uniqueItems', which local models cannot keep to",
      "zh-TW": "有「uniqueItems」，本機模型無法遵守",
    });
  const prefix = prefixOf(schema).map((item, index) => compile(item, `${path}/prefixItems/${index}`));
  const least = Number(minItems);
  const element = Array.isArray(items) ? (schema["additionalItems"] ?? true) : items;
  const read = least > prefix.length ? compile : attempt;
  const more = element === false ? undefined : read(element, `${path}/items`);
  const enough = Math.max(least, prefix.length, mostItems(rules, tokensOf(element)));
  const most = Math.min(Number(maxItems ?? enough), more === undefined ? prefix.length : MOST_ITEMS);
  if (least > most) refuse(`${path}/minItems`, { en: `is more than ${most}`, "zh-TW": `大於 ${most}` });

  const gap = space(rules);
  const separator = comma(rules);

  /** What follows an element, or opens the array, when `count` elements are there. */
  const from = (count: number): string => {
    if (count >= most) return "";
    const lead = count === 0 ? "" : `${separator} `;
    const item = prefix[count];
    if (item === undefined) return more === undefined ? "" : rest(more, count, lead);
    const here = `${lead}${item} ${from(count + 1)}`;
    return rules.add("items", count < least ? here : either([here, ""]));
  };

  const rest = (more: string, count: number, lead: string): string => {
    const max = most - count;
    const min = Math.max(0, least - count);
    if (lead !== "") return repeat(`${lead}${more}`, min, max);
    const others = repeat(`${separator} ${more}`, Math.max(0, min - 1), max - 1);
    return min > 0 ? `${more} ${others}` : either([`${more} ${others}`, ""]);
  };

  return `"[" ${gap} ${from(0)} ${gap} "]"`;
}

/** Older drafts have a list of schemas in `items`. */
function prefixOf({ prefixItems, items }: Schema): readonly unknown[] {
  if (Array.isArray(prefixItems)) return prefixItems;
  return Array.isArray(items) ? items : [];
}
