/** Tool-call ids as the vendor takes them: histories may bear other providers' ids, or the same one twice. */
export interface ToolIds {
  /** The id of a further call. */
  assign(id: string): string;
}

/** Source: the vendor's 400 «tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'». */
export function createToolIds(): ToolIds {
  const used = new Set<string>();
  return {
    assign(id) {
      const clean = id.replaceAll(/[^a-zA-Z0-9_-]/g, "_") || "call";
      let unique = clean;
      for (let copy = 2; used.has(unique); copy++) unique = `${clean}_${copy}`;
      used.add(unique);
      return unique;
    },
  };
}
