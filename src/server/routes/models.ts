import type { IncomingMessage } from "node:http";
import { Json } from "../../api/json.ts";
import type { Model, ModelDeleted, ModelList, PullRequest } from "../../api/models.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import { boolean, string } from "../check.ts";
import type { Route } from "../exchange.ts";
import { inClientsLanguage } from "../model-language.ts";
import { modelName } from "../model-name.ts";
import { type JsonObject, readJson } from "../read.ts";
import { sendJson } from "../reply.ts";
import { sendEvents } from "../sse.ts";

/** `GET /v1/models` */
export function modelList(gateway: Gateway): Route {
  return async ({ request, response, signal }) => {
    const models = await gateway.models(signal);
    const list: ModelList = { object: "list", data: models.map((model) => inClientsLanguage(model, request)) };
    sendJson(response, 200, JSON.stringify(list));
  };
}

/** `GET /v1/models/{id}`: an id may have slashes in it. */
export function modelById(gateway: Gateway): Route {
  return async ({ request, response, rest, signal }) => {
    sendJson(response, 200, JSON.stringify(inClientsLanguage(await gateway.model(rest, signal), request)));
  };
}

/** `DELETE /v1/models/{id}`: a local model's files. */
export function modelDelete(gateway: Gateway): Route {
  return async ({ response, rest, signal }) => {
    await gateway.stored.remove(rest, signal);
    const deleted: ModelDeleted = { id: rest, object: "model", deleted: true };
    sendJson(response, 200, JSON.stringify(deleted));
  };
}

/**
 * `POST /v1/models/pull` and `/v1/models/load` with `{"model": …}`: fetches a local model's files, or loads it, too, and
 * answers with the model when that is done; with `"stream": true`, with the model as it is again and again, in events.
 * Who hangs up ends it, unless others wait for the same.
 */
export function modelFetch(
  fetch: (request: PullRequest, signal: AbortSignal) => Promise<AsyncIterable<Model>>,
  maxBodyBytes: number,
  keepAliveMs: number,
): Route {
  return async ({ request, response, signal }) => {
    const body = pullRequest((await readJson(request, maxBodyBytes)).value);
    const models = fetch(body, signal);
    if (body.stream === true) {
      const told = models.then((all) => events(all, request));
      return sendEvents(response, told, { signal, keepAliveMs });
    }
    sendJson(response, 200, JSON.stringify(await last(await models)));
  };
}

async function* events(models: AsyncIterable<Model>, request: IncomingMessage): AsyncGenerator<readonly Json<Model>[]> {
  for await (const model of models) yield [Json.fromValue(inClientsLanguage(model, request))];
}

/** `POST /v1/models/unload` with `{"model": …}`: takes a local model out of memory, and answers with the model. */
export function modelUnload(gateway: Gateway, maxBodyBytes: number): Route {
  return async ({ request, response, signal }) => {
    const { value } = await readJson(request, maxBodyBytes);
    modelName(value);
    sendJson(response, 200, JSON.stringify(await gateway.stored.unload(String(value["model"]), signal)));
  };
}

function pullRequest(body: JsonObject): PullRequest {
  modelName(body);
  string(body, "purpose");
  boolean(body, "stream");
  const { model, purpose, stream } = body;
  return { model: String(model), ...(typeof purpose === "string" && { purpose }), stream: stream === true };
}

async function last<T>(values: AsyncIterable<T>): Promise<T | undefined> {
  let latest: T | undefined;
  for await (const value of values) latest = value;
  return latest;
}
