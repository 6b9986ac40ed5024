import { Json } from "./json.ts";
import { stringEnd } from "./scan.ts";

/**
 * The same JSON object with some of its outermost fields changed. All that is not named stays as it was written: digits
 * of large numbers, escapes, fields that we do not know. A field set to `undefined` is left out; of a key that
 * occurs twice, one stays.
 *
 * @param json valid JSON whose outermost value is an object.
 * @returns the parts of what is written then, one after the other; what stays is not copied.
 */
export function withFields(json: Buffer, fields: Readonly<Record<string, unknown>>): readonly Buffer[] {
  const done: string[] = [];
  const parts: Buffer[] = [];
  const add = (part: Buffer): void => void parts.push(parts.length === 0 ? OPEN : COMMA, part);

  let keptFrom = -1; // members that stay and stand side by side are copied as one
  let keptTo = -1;
  const addKept = (): void => {
    if (keptFrom >= 0) add(json.subarray(keptFrom, keptTo));
    keptFrom = -1;
  };

  const change = (key: string): void => {
    if (done.includes(key)) return;
    done.push(key);
    if (fields[key] !== undefined) add(written(key, fields[key]));
  };

  for (let start = json.indexOf(QUOTE); start >= 0;) {
    const keyEnd = stringEnd(json, start);
    const end = valueEnd(json, keyEnd);
    const key = keyAt(json, start, keyEnd);
    if (Object.hasOwn(fields, key)) {
      addKept();
      change(key);
    } else {
      if (keptFrom < 0) keptFrom = start;
      keptTo = end;
    }
    start = json[end] === COMMA_BYTE ? json.indexOf(QUOTE, end) : -1;
  }
  addKept();
  for (const key of Object.keys(fields)) change(key);
  if (parts.length === 0) parts.push(OPEN);
  parts.push(CLOSE);
  return parts;
}

/** The same for a document that goes on as one. */
export function jsonWithFields<T>({ bytes }: Json<T>, fields: Readonly<Record<string, unknown>>): Json<T> {
  return Json.fromBytes(Buffer.concat(withFields(bytes, fields)));
}

const OPEN = Buffer.from("{");
const COMMA = Buffer.from(",");
const CLOSE = Buffer.from("}");
const QUOTE = 0x22;
const COMMA_BYTE = 0x2c;

function written(key: string, value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(key)}:${JSON.stringify(value)}`);
}

function keyAt(json: Buffer, start: number, end: number): string {
  const key = json.toString("utf8", start + 1, end - 1);
  return key.includes("\\") ? (JSON.parse(`"${key}"`) as string) : key;
}

/** The index of the comma or bracket that ends the member whose key ends at `from`. */
function valueEnd(json: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < json.length; at++) {
    switch (json[at]) {
      case QUOTE:
        at = stringEnd(json, at) - 1;
        break;
      case 0x7b: // {
      case 0x5b: // [
        depth++;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        if (depth === 0) return at;
        depth--;
        break;
      case COMMA_BYTE:
        if (depth === 0) return at;
        break;
      default:
    }
  }
  return json.length;
}
