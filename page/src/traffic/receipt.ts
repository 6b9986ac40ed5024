/** What a translation did, and to which fields. */
export interface Treated {
  readonly treatment: string;
  readonly fields: readonly string[];
}

/** @param receipt as `x-omniport-translation` has it: `dropped=seed,user;clamped=temperature`. */
export function treatedFields(receipt: string): readonly Treated[] {
  return receipt.split(";").flatMap((part) => {
    const at = part.indexOf("=");
    return at < 0 ? [] : [{ treatment: part.slice(0, at).trim(), fields: part.slice(at + 1).split(",") }];
  });
}

/** JSON text with line breaks; other text, also JSON that was cut, as it is. */
export function indented(content: string): string {
  try {
    return JSON.stringify(JSON.parse(content), undefined, 2);
  } catch {
    return content;
  }
}
