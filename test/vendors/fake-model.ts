/*
 * A model that answers by rule, so that what a client has to read is known beforehand. It stands behind every fake
 * vendor's wire and knows none of them.
 */

/** What it has understood of a request. */
export interface Heard {
  /** What the user said last. */
  readonly text: string;
  /** What it was shown, in base64. */
  readonly images: readonly string[];
  /** The names of the tools that it may call. */
  readonly tools: readonly string[];
  /** The tool that it has to call, where the vendor can force it. */
  readonly forcedTool?: string | undefined;
  readonly wantsJson: boolean;
  /** Its answers with tool calls so far, since the user spoke. */
  readonly steps: readonly Step[];
  /** Whether its thoughts have to come back with the results of its calls, as the real model wants it. */
  readonly wantsThoughts: boolean;
}

interface Step {
  /** What came back of what it thought before the calls. */
  readonly thought: string | undefined;
  /** The names of the tools that it called. */
  readonly called: readonly string[];
}

export interface Said {
  readonly thought: string;
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }[];
}

/** What the vendor answers in place of the model, with this status. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The answer wherever an object is asked for. */
export const ANSWER = { city: "台北", degrees: 31 } as const;

/** What it counts for each answer. */
export const USAGE = { prompt: 7, completion: 5, total: 12 } as const;

/**
 * Says again what it is told, or reports what it sees. With tools it asks for the place, then for the weather there,
 * then answers; asked about «both», it makes two calls at once. A tool that it must call, or
 * that is its only one, is called with the answer. «refuse 429» makes the vendor do that.
 * @throws Refusal
 */
export function reply(heard: Heard): Said {
  const { text, images, wantsJson, tools, steps } = heard;
  const status = /^refuse (\d{3})/.exec(text)?.[1];
  if (status !== undefined) throw new Refusal(Number(status), "Refused, as you asked.");
  checkThoughts(heard);
  const due = heard.forcedTool ?? (tools.length === 1 ? tools[0] : undefined);
  if (due !== undefined && steps.length === 0) return calling({ name: due, arguments: ANSWER });
  if (wantsJson) return saying(JSON.stringify(ANSWER));
  if (images.length > 0) return saying(`I see ${images.join(" and ")}.`);
  if (tools.length === 0) return saying(text);
  return text.includes("both") ? both(steps) : oneByOne(steps);
}

function oneByOne({ length }: Heard["steps"]): Said {
  if (length === 0) return calling({ name: "place", arguments: {} });
  if (length === 1) return calling({ name: "weather", arguments: { city: "台北" } });
  return saying("It rains in 台北.");
}

function both({ length }: Heard["steps"]): Said {
  if (length > 0) return saying("It rains in 台北 and 高雄.");
  return calling(...["台北", "高雄"].map((city) => ({ name: "weather", arguments: { city } })));
}

function saying(text: string): Said {
  return { thought: "I just say it.", text, calls: [] };
}

function calling(...calls: Said["calls"]): Said {
  return { thought: thoughtBefore(calls.map(({ name }) => name)), text: "", calls };
}

/** What it thinks before it calls these tools. */
export function thoughtBefore(called: readonly string[]): string {
  return `I need to call ${called.join(", then ")}.`;
}

function checkThoughts({ steps, wantsThoughts }: Heard): void {
  if (!wantsThoughts) return;
  for (const { thought, called } of steps) {
    const expected = thoughtBefore(called);
    if (thought !== expected) throw new Refusal(400, `Expected the thought '${expected}', but found '${thought}'.`);
  }
}
