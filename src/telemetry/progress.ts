interface Progress {
  readonly model: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

const EVERY_MS = 5_000;

/** Tells of a long transfer in lines: its beginning, every few seconds how far it is, and its end. */
export function createProgressReport(write: (message: string) => void): (progress: Progress) => void {
  const lastAt = new Map<string, number>();
  let last = "";
  return ({ model, doneBytes, totalBytes }) => {
    const now = performance.now();
    const isDone = doneBytes >= totalBytes;
    if (!isDone && now - (lastAt.get(model) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
    if (isDone) lastAt.delete(model);
    else lastAt.set(model, now);
    const text = progressText({ model, doneBytes, totalBytes });
    if (text !== last) write(text);
    last = text;
  };
}

/** `downloading owner/repo: 45 % of 98 MB` */
export function progressText({ model, doneBytes, totalBytes }: Progress): string {
  const percent = totalBytes === 0 ? 100 : Math.floor((100 * doneBytes) / totalBytes);
  return `downloading ${model}: ${percent} % of ${(totalBytes / 1e6).toFixed(totalBytes < 1e7 ? 1 : 0)} MB`;
}
