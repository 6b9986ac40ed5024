import { Presets, SingleBar } from "cli-progress";
import type { Progress } from "../engine/model.ts";
import { createProgressReport } from "../telemetry/progress.ts";
import type { CommandContext } from "./command.ts";
import { byteSize } from "./table.ts";

/** Shows a download: a bar where a person watches, and now and then a line elsewhere. */
export interface ProgressView {
  show(progress: Progress): void;
  /** Leaves the terminal as it was. */
  close(): void;
}

export function createProgressView({ isInteractive, note, messages }: CommandContext): ProgressView {
  if (!isInteractive) return { show: createProgressReport(note), close: () => undefined };

  const bar = new SingleBar(
    { format: messages.pull.bar, formatTime: remaining, clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  );
  let isStarted = false;
  const close = (): void => {
    if (isStarted) bar.stop();
    isStarted = false;
  };
  return {
    show({ model, doneBytes, totalBytes }) {
      const labels = { model, size: byteSize(totalBytes) };
      if (!isStarted) bar.start(totalBytes, doneBytes, labels);
      isStarted = true;
      bar.setTotal(totalBytes);
      bar.update(doneBytes, labels);
      if (doneBytes >= totalBytes) close();
    },
    close,
  };
}

/** `2:05`; before the speed is known, the bar gives no number. */
function remaining(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  return `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;
}
