/*
 * Loaded into the program's process with --import: tells its parent, when asked, what the process holds. The program
 * itself knows nothing of it.
 */

export interface Figures {
  /** Of JavaScript's own heap, after a full garbage collection. */
  readonly heapBytes: number;
  /** The most memory that the process has ever had. */
  readonly peakBytes: number;
  /** What keeps the process alive, sorted: sockets, servers, timers. */
  readonly resources: readonly string[];
}

process.on("message", () => {
  // The first run queues finalizers, whose work the second one sweeps away.
  for (let i = 0; i < 2; i++) globalThis.gc?.();
  const figures: Figures = {
    heapBytes: process.memoryUsage().heapUsed,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    resources: process.getActiveResourcesInfo().toSorted(),
  };
  process.send?.(figures);
});
process.channel?.unref();
