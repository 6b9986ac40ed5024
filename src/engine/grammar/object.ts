import { either, repeat } from "./expressions.ts";
import { anyObject, comma, space } from "./json.ts";
import { otherKey, patternKeys } from "./keys.ts";
import { entryTokensOf, mostItems } from "./length.ts";
import { keyOf } from "./notation.ts";
import type { Rules } from "./rules.ts";
import { refuse } from "./refuse.ts";
import type { Compiler } from "./schema.ts";
import type { Schema } from "./schema-algebra.ts";

/** An object: the properties that the schema names, in its order, then others where it wants them. */
export function objectOf(schema: Schema, path: string, compiler: Compiler): string {
  const { rules, compile, attempt } = compiler;
  const { properties = {}, required = [], additionalProperties: additional, patternProperties: patterns } = schema;
  const names = [...new Set([...Object.keys(properties), ...required])];
  const isOpen = additional === undefined && patterns === undefined && names.length === 0;
  checkCount(schema, path, isOpen);
  if (isOpen) return anyObject(rules);

  const gap = space(rules);
  const member = (name: string): string | undefined => {
    const value = Object.hasOwn(properties, name) ? properties[name] : (additional ?? true);
    if (value === false && !required.includes(name)) return undefined;
    const read = required.includes(name) ? compile : attempt;
    const expression = read(value, `${path}/properties/${name}`);
    if (expression === undefined) return undefined;
    return rules.add("member", `${keyOf(name, rules.notation)} ${gap} ":" ${gap} ${expression}`);
  };
  const members = names.flatMap((name) => {
    const expression = member(name);
    return expression === undefined ? [] : [{ expression, isRequired: required.includes(name) }];
  });
  const others = otherMembers(schema, names, path, compiler);
  return `"{" ${gap} ${sequence(members, others, rules)} ${gap} "}"`;
}

/** Members that go on for as long as the model wants. */
interface Others {
  readonly expression: string;
  readonly most: number;
}

/** Those whose names a pattern describes, or that the schema does not name. */
function otherMembers(schema: Schema, names: readonly string[], path: string, compiler: Compiler): Others | undefined {
  const { additionalProperties: additional = false, patternProperties } = schema;
  const { rules, attempt } = compiler;
  const gap = space(rules);
  const kinds = [
    ...patternKeys(patternProperties, names, path, rules),
    ...(additional === false ? [] : [{ key: otherKey(names, rules), value: additional, at: "additionalProperties" }]),
  ];
  if (patternProperties !== undefined && additional !== false) {
    refuse(path, {
      en: "has 'patternProperties' and lets other names in; set 'additionalProperties' to false",
      "zh-TW": "有「patternProperties」卻允許其他名稱，請將「additionalProperties」設為 false",
    });
  }
  const expressions = kinds.flatMap(({ key, value, at }) => {
    const expression = attempt(value, `${path}/${at}`);
    return expression === undefined ? [] : [rules.add("member", `${key} ":" ${gap} ${expression}`)];
  });
  if (expressions.length === 0) return undefined;
  const tokens = Math.min(...kinds.map(({ value }) => entryTokensOf(value)));
  return { expression: either(expressions), most: mostItems(rules, tokens) };
}

/** Bounds on the number of properties that the others keep anyway. */
function checkCount(schema: Schema, path: string, isOpen: boolean): void {
  const { minProperties = 0, maxProperties = Infinity, additionalProperties = false, patternProperties } = schema;
  const { properties = {}, required = [] } = schema;
  if (Number(minProperties) > required.length) {
    refuse(`${path}/minProperties`, {
      en: "is more than there are required properties",
      "zh-TW": "大於必要屬性的數量",
    });
  }
  const isUnbounded = isOpen || additionalProperties !== false || patternProperties !== undefined;
  if (maxProperties !== Infinity && (isUnbounded || Object.keys(properties).length > Number(maxProperties))) {
    refuse(`${path}/maxProperties`, { en: "is less than there may be properties", "zh-TW": "小於可能的屬性數量" });
  }
}

interface Member {
  readonly expression: string;
  readonly isRequired: boolean;
}

/** The members with commas between those that are there; each rule says what may follow a place in their order. */
export function sequence(members: readonly Member[], others: Others | undefined, rules: Rules): string {
  const separator = comma(rules);
  const more = others ? rules.add("others", repeat(`${separator} ${others.expression}`, 0, others.most)) : "";
  let first = others ? either([`${others.expression} ${more}`, ""]) : "";
  let after = more;
  for (const { expression, isRequired } of members.toReversed()) {
    const here = `${expression} ${after}`;
    first = rules.add("members", isRequired ? here : either([here, first]));
    after = rules.add("members", isRequired ? `${separator} ${here}` : either([`${separator} ${here}`, after]));
  }
  return first;
}
