import type { AnswerPart, PartialArg } from "./wire.ts";

type Container = Record<string, unknown>;

interface OpenCall {
  readonly part: AnswerPart;
  readonly args: Container;
}

/** A path deeper, or an index larger, than this is no argument that a tool could want. */
const MAX_STEPS = 64;
const MAX_INDEX = 10_000;

/**
 * Puts function calls together whose arguments come in pieces: so a client has them that switches
 * `streamFunctionCallArguments` on. Everything else passes.
 * Source: https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc
 */
export function createCallPieces(): {
  add(parts: readonly AnswerPart[]): readonly AnswerPart[];
  end(): readonly AnswerPart[];
} {
  let open: OpenCall | undefined;

  const close = (): readonly AnswerPart[] => {
    if (!open) return [];
    const { part, args } = open;
    open = undefined;
    const { partialArgs: _, willContinue: __, ...call } = part.functionCall ?? {};
    return [{ ...part, functionCall: { ...call, args } }];
  };

  const add = (part: AnswerPart): readonly AnswerPart[] => {
    const { functionCall } = part;
    if (!functionCall) return [part];
    const { name, partialArgs = [], willContinue = false } = functionCall;
    const before = name === undefined ? [] : close();
    if (name !== undefined) {
      if (partialArgs.length === 0 && !willContinue) return [...before, part];
      open = { part, args: {} };
    }
    for (const piece of partialArgs) if (open) place(open.args, piece);
    return willContinue ? before : [...before, ...close()];
  };

  return { add: (parts) => parts.flatMap(add), end: close };
}

/** Sets the value that a piece's path names; a text grows by each of its pieces. */
function place(args: Container, { jsonPath = "", stringValue, numberValue, boolValue }: PartialArg): void {
  const steps = pathSteps(jsonPath);
  const last = steps.at(-1);
  if (last === undefined) return;
  let container: Container = args;
  for (const [at, step] of steps.slice(0, -1).entries()) {
    container[step] ??= typeof steps[at + 1] === "number" ? [] : {};
    container = Object(container[step]) as Container;
  }
  const before = container[last];
  const value = stringValue ?? numberValue ?? boolValue ?? null;
  container[last] = typeof before === "string" && typeof value === "string" ? before + value : value;
}

/** `$.a[0]['b c']` → `["a", 0, "b c"]`; nothing for a path that could not be an argument's. */
function pathSteps(path: string): readonly (string | number)[] {
  const steps = [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]/g)].map(([, name, index, quoted]) =>
    index === undefined ? (name ?? quoted ?? "") : Number(index),
  );
  const isSane =
    steps.length <= MAX_STEPS && steps.every((step) => step !== "__proto__" && !(Number(step) > MAX_INDEX));
  return isSane ? steps : [];
}
