import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** A short chat leaves some fifty kilobytes behind. With more room than this it costs no less. The room is there twice. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Sees to it that what calls leave behind is cleared away soon, and at little cost.
 *
 * V8 puts what has often lived long, such as the state of a stream, among the old objects at once. Until all of these are
 * marked, seconds later, one that is dead keeps whatever it refers to: all that a call had came to lie among them, and as
 * much again had to be copied. Without that, memory under load is up to a quarter less.
 * Source: https://github.com/v8/v8/blob/main/src/heap/pretenuring-handler.h
 *
 * And it doubles the room for new objects while much of it stays in use, up to 64 MB, and takes most of it back when there
 * is little to do. A program cannot give itself the flag `--max-semi-space-size`; but by what the room is multiplied is
 * asked each time that it grows.
 * Source: https://github.com/v8/v8/blob/main/src/heap/new-spaces.cc (`SemiSpaceNewSpace::Grow`)
 */
export function tendYoungGeneration(): void {
  setFlagsFromString("--no-allocation-site-pretenuring");
  let mayGrow = true;
  new PerformanceObserver(() => {
    const hasRoom = 2 * youngCapacity() <= MAX_BYTES;
    if (hasRoom === mayGrow) return;
    mayGrow = hasRoom;
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`);
  }).observe({ entryTypes: ["gc"] });
}

/** Bytes. What is committed tells less: V8 gives the other half back after each full collection, and takes it again. */
export function youngCapacity(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  return space ? space.space_used_size + space.space_available_size : 0;
}
