import type { ChatCompletionRequest } from "../api/chat.ts";
import { withFields } from "../api/fields.ts";
import { Json } from "../api/json.ts";
import type { Caller } from "./meter.ts";
import type { Models, Route } from "./model.ts";

/** A chat call, and who may answer it. */
export interface AskedChat {
  readonly route: Route;
  readonly body: Json<ChatCompletionRequest>;
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
): AskedChat {
  const { model, models: others } = body.value;
  const route = models.route(model, fallbacks);
  if (others == null || route.targets[0]?.provider.routesModels) return { route, body };
  const { models: _, ...value } = body.value;
  return {
    route: models.route(model, [...others, ...fallbacks]),
    body: Json.fromText(withFields(body.text, { models: undefined }), value),
  };
}
