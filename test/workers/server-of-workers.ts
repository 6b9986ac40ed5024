import OpenAI from "openai";
import { type Answer, type FakeProvider, startFakeProvider } from "../fakes/openai.ts";
import { PROVIDER_KEY } from "../fronted.ts";
import { type Program, startProgram } from "../program.ts";

/** The program with several workers, a fake OpenAI behind it, and the official client in front of it. */
export interface ServerOfWorkers extends AsyncDisposable {
  readonly provider: FakeProvider;
  readonly program: Program;
  readonly client: OpenAI;
  /** What is in the log so far; a line that is no JSON fails the test. */
  log(): readonly LogLine[];
  /** Resolves when there is such a line. */
  logged(wanted: (line: LogLine) => boolean): Promise<LogLine>;
}

export interface LogLine {
  readonly pid: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface ServerOfWorkersOptions {
  readonly workers?: number;
  readonly answer?: Answer;
  readonly environment?: Readonly<Record<string, string>>;
  readonly yaml?: string;
}

export async function startServerOfWorkers({
  workers = 2,
  answer,
  environment = {},
  yaml = "",
}: ServerOfWorkersOptions = {}): Promise<ServerOfWorkers> {
  const provider = await startFakeProvider(answer);
  const program = await startProgram({
    environment: {
      WORKERS: String(workers),
      LOG_LEVEL: "info",
      OPENAI_API_KEY: PROVIDER_KEY,
      OPENAI_BASE_URL: provider.url,
      DEEPSEEK_API_KEY: PROVIDER_KEY,
      DEEPSEEK_API_URL: provider.url.replace("/v1", ""),
      ...environment,
    },
    yaml,
  });
  // A connection for each call: the system gives each connection to one of the workers.
  const client = new OpenAI({
    baseURL: `${program.url}/v1`,
    apiKey: environment["OMNIPORT_API_KEY"] ?? "any",
    maxRetries: 0,
    defaultHeaders: { connection: "close" },
  });
  const log = (): readonly LogLine[] => {
    const whole = program.stderr().split("\n").slice(0, -1);
    return whole.map((line) => JSON.parse(line) as LogLine);
  };
  return {
    provider,
    program,
    client,
    log,
    async logged(wanted) {
      for (;;) {
        const line = log().find(wanted);
        if (line) return line;
        await new Promise((resolve) => program.process.stderr?.once("data", resolve));
      }
    },
    async [Symbol.asyncDispose]() {
      await provider.close();
      await program[Symbol.asyncDispose]();
    },
  };
}
