interface Progress {
  readonly model: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

const EVERY_MS = 5_000;

/** Tells of a long transfer in lines: its beginning, every few seconds how far it is, and its end. */
export function createProgressReport(write: (message: string) => void): (progress: Progress) => void {
  const lastAt = new Map<string, number>();
  return ({ model, doneBytes, totalBytes }) => {
    const now = performance.now();
    const isDone = doneBytes >= totalBytes;
    if (!isDone && now - (lastAt.get(model) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
    if (isDone) lastAt.delete(model);
    else lastAt.set(model, now);
    const percent = totalBytes === 0 ? 100 : Math.floor((100 * doneBytes) / totalBytes);
    write(`downloading ${model}: ${percent} % of ${(totalBytes / 1e6).toFixed(0)} MB`);
  };
}
