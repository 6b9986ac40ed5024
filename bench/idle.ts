/*
 * Connections that have been used once, and are kept. `node bench/idle.ts PORT COUNT` opens them, writes a line when all are
 * open, and holds them until it is ended: who opens ten thousand needs as many files, and memory of its own.
 */
import { createConnection, type Socket } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import type { Children } from "./children.ts";
import { OTHER_CORES } from "./cores.ts";

const AT_ONCE = 100;
const REQUEST = "GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";

/** @returns closes them. @throws Error where the system does not let a process open so many: see `ulimit -n`. */
export async function openConnections(children: Children, port: number, count: number): Promise<() => Promise<void>> {
  const program = join(import.meta.dirname, "idle.ts");
  const child = children.launch([...OTHER_CORES, process.execPath, program, String(port), String(count)]);
  if (!child.stdout) throw new TypeError("The connections have no output.");
  const ended = once(child, "exit").then(() => {
    throw new Error(`${count} connections could not be opened; try a higher ulimit -n.`);
  });
  ended.catch(() => undefined); // in the end it is meant to
  await Promise.race([once(child.stdout, "data"), ended]);
  return () => children.stop(child);
}

if (import.meta.main) {
  const [port = 0, count = 0] = process.argv.slice(2).map(Number);
  const open: Socket[] = [];
  while (open.length < count) {
    const some = Math.min(AT_ONCE, count - open.length);
    open.push(...(await Promise.all(Array.from({ length: some }, () => usedOnce(port)))));
  }
  process.stdout.write(`${open.length}\n`);
}

async function usedOnce(port: number): Promise<Socket> {
  const socket = createConnection(port, "127.0.0.1");
  socket.on("close", () => process.exit(1));
  socket.write(REQUEST);
  await once(socket, "data");
  return socket;
}
