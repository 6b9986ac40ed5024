/** Function names in both directions: Gemini's rules are a little narrower than OpenAI's. */
export interface FunctionNames {
  /** As Gemini takes it. */
  vendor(name: string): string;
  /** As the client called it. */
  client(name: string): string;
  /** Whether any name had to change. */
  readonly changed: boolean;
}

const MAX_LENGTH = 64;

/**
 * Letters, digits, `_`, `-`, `.` and `:`, up to 64, the first a letter or `_`.
 * Source: https://ai.google.dev/api/caching#FunctionDeclaration
 */
const ALLOWED = /^[a-zA-Z_][\w.:-]{0,63}$/;

/** @param names all that occur in a request, in its tools and its messages. */
export function functionNames(names: Iterable<string>): FunctionNames {
  const toVendor = new Map<string, string>();
  const toClient = new Map<string, string>();
  const distinct = [...new Set(names)];
  // Those that may stay as they are come first, so that no changed one takes their place.
  for (const name of [...distinct.filter((n) => ALLOWED.test(n)), ...distinct.filter((n) => !ALLOWED.test(n))]) {
    const vendor = ALLOWED.test(name) ? name : free(allowed(name), toClient);
    toVendor.set(name, vendor);
    toClient.set(vendor, name);
  }
  return {
    vendor: (name) => toVendor.get(name) ?? allowed(name),
    client: (name) => toClient.get(name) ?? name,
    changed: distinct.some((name) => toVendor.get(name) !== name),
  };
}

function allowed(name: string): string {
  const plain = name.replaceAll(/[^\w.:-]/g, "_");
  return (/^[a-zA-Z_]/.test(plain) ? plain : `_${plain}`).slice(0, MAX_LENGTH);
}

function free(name: string, taken: ReadonlyMap<string, string>): string {
  let candidate = name;
  for (let number = 2; taken.has(candidate); number++) {
    candidate = `${name.slice(0, MAX_LENGTH - 1 - String(number).length)}_${number}`;
  }
  return candidate;
}
