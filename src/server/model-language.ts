import type { IncomingMessage } from "node:http";
import type { Model } from "../api/models.ts";
import { EVERY_LANGUAGE, preferredLanguage } from "../messages/language.ts";

/** A model with the reason why it failed in the language of this request's client; another Omniport gets all of them. */
export function inClientsLanguage(model: Model, { headers }: Pick<IncomingMessage, "headers">): Model {
  const asked = headers["accept-language"];
  if (model.omniport?.translations === undefined || asked === EVERY_LANGUAGE) return model;
  const { translations, ...omniport } = model.omniport;
  const language = preferredLanguage(asked);
  return { ...model, omniport: language === "en" ? omniport : { ...omniport, error: translations[language] } };
}
