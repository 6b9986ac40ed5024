import { characterNotOf, characterOf, either, literal, repeat } from "./expressions.ts";
import { anyObject, comma, ESCAPED_IN_JSON, space } from "./json.ts";
import type { Rules } from "./rules.ts";
import type { Compiler } from "./schema.ts";
import type { Schema } from "./schema-algebra.ts";

/** An object: the properties that the schema names, in its order, then others where it wants them. */
export function objectOf(schema: Schema, path: string, { rules, compile, attempt, refuse }: Compiler): string {
  const { properties = {}, required = [], additionalProperties: additional } = schema;
  const isOpen = additional === undefined && Object.keys(properties).length === 0 && required.length === 0;
  checkCount(schema, path, isOpen, refuse);
  if (isOpen) return anyObject(rules);

  const gap = space(rules);
  const names = [...new Set([...Object.keys(properties), ...required])];
  const member = (name: string): string | undefined => {
    const value = Object.hasOwn(properties, name) ? properties[name] : (additional ?? true);
    if (value === false && !required.includes(name)) return undefined;
    const read = required.includes(name) ? compile : attempt;
    const expression = read(value, `${path}/properties/${name}`);
    if (expression === undefined) return undefined;
    return rules.add("member", `${literal(JSON.stringify(name))} ${gap} ":" ${gap} ${expression}`);
  };
  const others = (): string => {
    if (additional === undefined || additional === false) return "";
    const expression = attempt(additional, `${path}/additionalProperties`);
    return expression === undefined ? "" : rules.add("member", `${otherKey(names, rules)} ":" ${gap} ${expression}`);
  };

  const members = names.flatMap((name) => {
    const expression = member(name);
    return expression === undefined ? [] : [{ expression, isRequired: required.includes(name) }];
  });
  return `"{" ${gap} ${sequence(members, others(), rules)} ${gap} "}"`;
}

/** Bounds on the number of properties that the others keep anyway. */
function checkCount(schema: Schema, path: string, isOpen: boolean, refuse: Compiler["refuse"]): void {
  const { minProperties = 0, maxProperties = Infinity, additionalProperties = false } = schema;
  const { properties = {}, required = [] } = schema;
  if (Number(minProperties) > required.length) {
    refuse(`${path}/minProperties`, "is more than there are required properties");
  }
  const isUnbounded = isOpen || additionalProperties !== false;
  if (maxProperties !== Infinity && (isUnbounded || Object.keys(properties).length > Number(maxProperties))) {
    refuse(`${path}/maxProperties`, "is less than there may be properties");
  }
}

interface Member {
  readonly expression: string;
  readonly isRequired: boolean;
}

/** The members with commas between those that are there; each rule says what may follow a place in their order. */
function sequence(members: readonly Member[], others: string, rules: Rules): string {
  const separator = comma(rules);
  const more = others === "" ? "" : repeat(`${separator} ${others}`, 0);
  let first = others === "" ? "" : either([`${others} ${more}`, ""]);
  let after = more;
  for (const { expression, isRequired } of members.toReversed()) {
    const here = `${expression} ${after}`;
    first = rules.add("members", isRequired ? here : either([here, first]));
    after = rules.add("members", isRequired ? `${separator} ${here}` : either([`${separator} ${here}`, after]));
  }
  return first;
}

interface Branch {
  isName: boolean;
  readonly next: Map<string, Branch>;
}

/** A key that is none of the names; without escapes, by which it could be one in disguise. */
function otherKey(names: readonly string[], rules: Rules): string {
  const tree: Branch = { isName: false, next: new Map() };
  for (const name of names) {
    let branch = tree;
    for (const character of name) {
      const next = branch.next.get(character) ?? { isName: false, next: new Map() };
      branch.next.set(character, next);
      branch = next;
    }
    branch.isName = true;
  }
  const quote = literal('"');
  return rules.add("key", `${quote} ${notIn(tree, rules)} ${quote}`);
}

function notIn({ isName, next }: Branch, rules: Rules): string {
  const known = [...next.keys()].map((character) => character.codePointAt(0) ?? 0);
  const forbidden = known.map((codePoint) => [codePoint, codePoint] as const);
  const rest = repeat(characterNotOf([...ESCAPED_IN_JSON, [0x7f, 0x7f]]), 0);
  const other = `${characterNotOf([...ESCAPED_IN_JSON, [0x7f, 0x7f], ...forbidden])} ${rest}`;
  const branches = [...next].map(([character, branch]) => {
    const codePoint = character.codePointAt(0) ?? 0;
    return `${characterOf([[codePoint, codePoint]])} ${notIn(branch, rules)}`;
  });
  return rules.add("key", either([other, ...branches, ...(isName ? [] : [""])]));
}
