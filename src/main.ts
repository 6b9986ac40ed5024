#!/usr/bin/env node
import process from "node:process";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  console.error(
    `Omniport needs Node 24.15 or newer, and this is ${process.versions.node}: npm install --global node@24`,
  );
  console.error(`Omniport 需要 Node 24.15 以上的版本,目前是 ${process.versions.node}:npm install --global node@24`);
  process.exitCode = 1;
} else {
  // Loaded only now: older versions of Node could not even read it.
  const { runCommandLine } = await import("./cli/cli.ts");
  await runCommandLine(process.argv.slice(2));
}
