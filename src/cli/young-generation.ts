import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/**
 * A call leaves some ten kilobytes behind. With more room it costs no less; with half of it, calls under way look old, and
 * a translated stream costs a quarter more.
 */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Bounds the room for new objects. V8 doubles it while much of it stays in use, up to 128 MB, and takes most of it back when
 * there is little to do. A program cannot give itself the flag `--max-semi-space-size`; but by what the room is multiplied
 * is asked each time that it grows.
 * Source: https://github.com/v8/v8/blob/main/src/heap/new-spaces.cc (`SemiSpaceNewSpace::Grow`)
 */
export function boundYoungGeneration(): void {
  let mayGrow = true;
  new PerformanceObserver(() => {
    const isSmaller = youngBytes() < MAX_BYTES;
    if (isSmaller === mayGrow) return;
    mayGrow = isSmaller;
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`);
  }).observe({ entryTypes: ["gc"] });
}

export function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")?.space_size ?? 0;
}
