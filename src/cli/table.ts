/** Rows as text, their columns side by side. */
export function table(rows: readonly (readonly string[])[], indent = ""): string {
  const widths = columnWidths(rows);
  return rows
    .map((row) => row.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - displayWidth(cell))))
    .map((cells) => indent + cells.join("  ").trimEnd())
    .join("\n");
}

function columnWidths(rows: readonly (readonly string[])[]): readonly number[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? ""))),
  );
}

/** Chinese characters and their punctuation fill two places of a terminal. */
function displayWidth(text: string): number {
  const wide = text.match(/[\p{Script=Han}\u3000-\u303f\uff01-\uff60]/gu)?.length ?? 0;
  return text.length + wide;
}

/** Bytes for people: `639 MB`, in powers of ten as file managers and the hub have them. */
export function byteSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const amount = bytes / 1000 ** power;
  return `${amount < 10 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${units[power]}`;
}
