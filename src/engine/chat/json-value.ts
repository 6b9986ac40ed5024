/** What a model wrote for a value, as JSON: as it stands, or as a text where it is none. */
export function jsonValue(written: string): string {
  try {
    JSON.parse(written);
    return written;
  } catch {
    return JSON.stringify(written); // then it is a text
  }
}
