import { readFileSync, writeFileSync } from "node:fs";

/**
 * Puts the optional packages of other platforms into `package-lock.json`. A registry that mirrors only some platforms
 * makes npm leave the others out when it writes the file, and then refuse it in `npm ci`. Run it after each change of
 * a dependency.
 */
interface LockEntry {
  readonly version: string;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

const OPERATING_SYSTEMS: readonly (readonly [pattern: RegExp, os: string])[] = [
  [/darwin|\/mac-/, "darwin"],
  [/win32|\/win-/, "win32"],
  [/android/, "android"],
  [/freebsd/, "freebsd"],
  [/openharmony/, "openharmony"],
  [/linux/, "linux"],
];
const PROCESSORS = ["arm64", "x64", "ia32", "ppc64", "riscv64", "s390x", "arm"];

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, LockEntry> };
const { "": root, ...installed } = lock.packages;

const known = new Set(Object.keys(installed).map((path) => path.split("node_modules/").at(-1)));
const missing = Object.values(installed)
  .flatMap(({ optionalDependencies }) => Object.entries(optionalDependencies ?? {}))
  .filter(([name]) => !known.has(name));

const added = missing.flatMap(([name, version]): [string, LockEntry][] => {
  const os = OPERATING_SYSTEMS.find(([pattern]) => pattern.test(name))?.[1];
  const cpu = PROCESSORS.find((processor) => name.includes(processor));
  // Not a platform's package: nothing that we could know.
  if (os === undefined || cpu === undefined) return [];
  const libc = name.includes("musl") ? "musl" : "glibc";
  const entry = { version, cpu: [cpu], optional: true, os: [os], ...(os === "linux" ? { libc: [libc] } : {}) };
  return [[`node_modules/${name}`, entry]];
});

const packages = Object.entries({ ...installed, ...Object.fromEntries(added) }).toSorted(([a], [b]) =>
  a < b ? -1 : 1,
);
writeFileSync(
  file,
  `${JSON.stringify({ ...lock, packages: { "": root, ...Object.fromEntries(packages) } }, null, 2)}\n`,
);
console.log(`${added.length} packages of other platforms added to package-lock.json`);
