import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { JSON_NOTATION, type Notation } from "./notation.ts";

/**
 * A grammar in the making, in llama.cpp's notation.
 * Source: https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
 *
 * An expression is a piece of that notation which can stand in a sequence without brackets around it.
 */
export interface Rules {
  /** About as many tokens as there can be: what has no limit of its own is not written any longer than fits. */
  readonly tokens: number;
  readonly notation: Notation;
  /** Gives an expression a name, which is an expression, too. The same expression has one name only. */
  add(hint: string, expression: string): string;
  /** The one rule of this name in the grammar; what it stands for may refer to it. */
  once(name: string, expression: (name: string) => string): string;
  /** A name for one of several rules that refer to each other: `define` says later what it stands for. */
  declare(hint: string): { readonly name: string; define(expression: string): void };
  /** The grammar of texts that are the expression: asked for once, at the end. */
  text(expression: string): string;
}

/** More than any sensible schema needs; each kilobyte of it costs time at every token. */
const MAX_LENGTH = 256 * 1024;

/** As many as answers have that say no limit. */
const USUAL_TOKENS = 4096;

/** All functions throw an EngineError `bad_request` when the grammar becomes too large. */
export function createRules(tokens: number = USUAL_TOKENS): Rules {
  const names = new Map<string, string>();
  const written = new Set<string>();
  const lines: string[] = [];
  let length = 0;
  let count = 0;

  const write = (name: string, expression: string): void => {
    length += name.length + expression.length;
    lines.push(`${name} ::= ${expression}`);
    if (length > MAX_LENGTH) {
      throw new EngineError("bad_request", say.schemaTooLong(MAX_LENGTH));
    }
  };

  return {
    tokens,
    notation: JSON_NOTATION,
    add(hint, expression) {
      const known = names.get(expression);
      if (known !== undefined) return known;
      const name = `${hint}-${count++}`;
      names.set(expression, name);
      write(name, expression);
      return name;
    },
    once(name, expression) {
      const isNew = !written.has(name);
      written.add(name);
      if (isNew) write(name, expression(name));
      return name;
    },
    declare(hint) {
      const name = `${hint}-${count++}`;
      return { name, define: (expression) => write(name, expression) };
    },
    text(expression) {
      write("root", expression);
      return `${lines.join("\n")}\n`;
    },
  };
}

/** The same rules, for what is written in another notation. */
export function inNotation(rules: Rules, notation: Notation): Rules {
  return { ...rules, notation, once: (name, expression) => rules.once(`${notation.name}-${name}`, expression) };
}
