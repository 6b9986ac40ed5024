import type { IncomingMessage } from "node:http";
import { invalidRequest } from "../api/error.ts";
import { say } from "../messages/say.ts";
import { wrongType } from "./check.ts";
import { modelName } from "./model-name.ts";
import type { JsonObject } from "./read.ts";

const HEADER = "x-omniport-fallbacks";
const MAX_MODELS = 8;

/**
 * The models of the header `x-omniport-fallbacks: a, b`.
 * @throws ApiError 400 for more than eight, or what is no name.
 */
export function fallbacksOf({ headers }: IncomingMessage): readonly string[] {
  const text = headers[HEADER];
  if (typeof text !== "string") return [];
  const names = text.split(",").map((name) => name.trim());
  return checked(
    names.filter((name) => name !== ""),
    HEADER,
  );
}

/**
 * The models of a body's `models`, as OpenRouter has it: the first that answers counts.
 * @throws ApiError 400 unless it is a list of at most eight names.
 */
export function checkModels(body: JsonObject): void {
  const { models } = body;
  if (models == null) return;
  if (!Array.isArray(models)) throw wrongType("models", "an array of names of models", models);
  checked(models, "models");
}

function checked(names: readonly unknown[], param: string): readonly string[] {
  if (names.length > MAX_MODELS) {
    const message = say.tooManyModels(param, names.length, MAX_MODELS);
    throw invalidRequest(message, param, "array_above_max_length");
  }
  return names.map((name, index) => {
    if (typeof name !== "string" || name === "") throw wrongType(`${param}[${index}]`, "the name of a model", name);
    modelName({ model: name });
    return name;
  });
}
