/** What the command line says. What is wrong with it is said, and ends the program. @param read throws what is wrong. */
export function orUsage<Options>(usage: string, read: () => Options): Options {
  try {
    return read();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
    return process.exit(2);
  }
}

/** @throws Error that names the option */
export function positive(option: string, value: string): number {
  const number = Number(value);
  if (number > 0) return number;
  throw new Error(`${option}: '${value}' is not a number above 0.`);
}

/** A list with commas, of names that there are. @throws Error that names the option */
export function known(option: string, value: string, names: readonly string[]): readonly string[] {
  const asked = value.split(",").filter((name) => name !== "");
  const unknown = asked.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`${option}: '${unknown}' is unknown; there are ${names.join(", ")}.`);
  return asked;
}
