/** What a model wrote for a value, as JSON: as it stands, or as a text where it is none. */
export function jsonValue(written: string): string {
  return parsedJson(written) === undefined ? JSON.stringify(written) : written;
}

/** Undefined for what is no JSON: models write such, and clients send it. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
