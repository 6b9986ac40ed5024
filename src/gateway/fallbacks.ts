import type { ChatCompletionRequest } from "../api/chat.ts";
import { jsonWithFields } from "../api/fields.ts";
import type { Json } from "../api/json.ts";
import type { Caller } from "./meter.ts";
import type { Models, Route } from "./model.ts";

/** A call, and who may answer it. */
export interface Asked<Body> {
  readonly route: Route;
  readonly body: Json<Body>;
}

/**
 * The targets of a chat call: those of its model, then those that the client allows instead. Its `models` is for us, and
 * goes no further, unless the service chooses among models itself.
 *
 * @throws ApiError 404 for a name that leads nowhere.
 */
export function whoMayAnswer(
  models: Models,
  body: Json<ChatCompletionRequest>,
  { fallbacks }: Pick<Caller, "fallbacks">,
): Asked<ChatCompletionRequest> {
  const { model, models: others } = body.outline;
  const route = models.route(model, fallbacks);
  if (others == null || route.targets[0]?.provider.routesModels) return { route, body };
  return {
    route: models.route(model, [...others, ...fallbacks]),
    body: jsonWithFields(body, { models: undefined }),
  };
}
