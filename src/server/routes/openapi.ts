import { readFile } from "node:fs/promises";
import type { Route } from "../exchange.ts";
import { sendJson } from "../reply.ts";

/** Made by `npm run generate`; it lies in the package's root, both from src/server/routes and from dist/server/routes. */
const FILE = new URL("../../../openapi.json", import.meta.url);

/** `GET /openapi.json`: what this server answers, for programs and for the reference at `/docs`. */
export function openapi(): Route {
  return async ({ response }) => {
    response.setHeader("cache-control", "no-cache");
    sendJson(response, 200, await readFile(FILE, "utf8"));
  };
}
