import { availableParallelism } from "node:os";

const cores = availableParallelism();

/** Puts a program on the first core: what is measured has it for itself. */
export const OWN_CORE: readonly string[] = cores > 1 ? ["taskset", "-c", "0"] : [];
/** Puts a program on the other cores. */
export const OTHER_CORES: readonly string[] = cores > 1 ? ["taskset", "-c", `1-${cores - 1}`] : [];
