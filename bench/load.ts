/*
 * The load: so many connections at once, each sending its next request when the last one was answered whole.
 * `node bench/load.ts` reads one JSON `Load` from standard input and writes one JSON `Measured`.
 *
 * Plain sockets and an incremental reader of HTTP/1.1 instead of a client: the load must cost less than what it measures.
 */
import { createConnection, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { cpuSeconds, residentMiB } from "./processes.ts";

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly concurrency: number;
  readonly contains: string;
  readonly warmSeconds: number;
  readonly seconds: number;
  /** The gateway's process. */
  readonly pid: number;
}

export interface Measured {
  readonly answers: number;
  readonly failures: number;
  readonly firstFailure?: string;
  /** User and system time of the gateway and its children, for one answer. */
  readonly cpuMicros: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly medianFirstByteMs: number;
  readonly peakMiB: number;
}

/** So many answers make a compiler see what is worth compiling: on a busy machine it takes them longer than `warmSeconds`. */
const WARM_ANSWERS = 2000;
/** But no longer than so many times that. */
const MOST_WARM = 5;

interface Sample {
  readonly firstByteMs: number;
  readonly ms: number;
}

const load = JSON.parse(await text(process.stdin)) as Load;
process.stdout.write(JSON.stringify(await measure(load)));
process.exit(0);

async function measure(load: Load): Promise<Measured> {
  const request = requestOf(load);
  const run = {
    samples: [] as Sample[],
    failures: 0,
    firstFailure: undefined as string | undefined,
    isCounting: false,
    warmed: 0,
  };
  const onAnswer = (sample: Sample, failure: string | undefined): void => {
    if (!run.isCounting) return void run.warmed++;
    if (failure === undefined) run.samples.push(sample);
    else {
      run.failures++;
      run.firstFailure ??= failure;
    }
  };
  const clients = Array.from({ length: load.concurrency }, () => client(load, request, onAnswer));
  await seconds(load.warmSeconds);
  for (let turn = 1; turn < MOST_WARM && run.warmed < WARM_ANSWERS; turn++) await seconds(load.warmSeconds);

  const cpuBefore = cpuSeconds(load.pid);
  const startedAt = performance.now();
  let peakMiB = residentMiB(load.pid);
  const watch = setInterval(() => (peakMiB = Math.max(peakMiB, residentMiB(load.pid))), 100);
  run.isCounting = true;
  await seconds(load.seconds);
  run.isCounting = false;
  const elapsed = (performance.now() - startedAt) / 1000;
  const cpu = cpuSeconds(load.pid) - cpuBefore;
  clearInterval(watch);
  for (const leave of clients) leave();

  const times = run.samples.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const firsts = run.samples.map(({ firstByteMs }) => firstByteMs).toSorted((a, b) => a - b);
  return {
    answers: times.length,
    failures: run.failures,
    ...(run.firstFailure !== undefined && { firstFailure: run.firstFailure }),
    cpuMicros: (cpu * 1e6) / Math.max(1, times.length),
    perSecond: times.length / elapsed,
    medianMs: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    medianFirstByteMs: quantile(firsts, 0.5),
    peakMiB,
  };
}

function requestOf({ path, headers, body, port }: Load): Buffer {
  const lines = Object.entries({ ...headers, host: `127.0.0.1:${port}`, "content-type": "application/json" });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** One connection, used again and again. @returns ends it. */
function client(
  load: Load,
  request: Buffer,
  onAnswer: (sample: Sample, failure: string | undefined) => void,
): () => void {
  let socket: Socket;
  let isOver = false;
  let received = "";
  let sentAt = 0;
  let firstByteMs = 0;

  const send = (): void => {
    received = "";
    firstByteMs = 0;
    sentAt = performance.now();
    socket.write(request);
  };
  const end = (failure: string | undefined): void => {
    if (isOver) return;
    onAnswer({ firstByteMs, ms: performance.now() - sentAt }, failure);
    if (failure === undefined) return send();
    socket.destroy();
    setTimeout(connect, 10);
  };
  const onData = (bytes: Buffer): void => {
    received += bytes.toString("latin1");
    const headEnd = received.indexOf("\r\n\r\n") + 4;
    if (firstByteMs === 0 && received.length > headEnd && headEnd > 4) firstByteMs = performance.now() - sentAt;
    if (!isWhole(received, headEnd)) return;
    const isGood = received.startsWith("HTTP/1.1 200") && received.includes(load.contains);
    end(isGood ? undefined : received.slice(0, 400));
  };
  const connect = (): void => {
    if (isOver) return;
    socket = createConnection(load.port, "127.0.0.1", send);
    socket.setNoDelay(true);
    socket.on("data", onData);
    socket.on("error", (error) => end(String(error)));
    socket.on("close", () => (received === "" ? undefined : end("the connection was closed")));
  };
  connect();
  return () => {
    isOver = true;
    socket.destroy();
  };
}

function isWhole(received: string, headEnd: number): boolean {
  if (headEnd < 4) return false;
  const length = /^content-length: *(\d+)/im.exec(received.slice(0, headEnd))?.[1];
  return length === undefined ? received.endsWith("0\r\n\r\n") : received.length >= headEnd + Number(length);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}
