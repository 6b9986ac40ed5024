import type { JSX } from "preact";
import { route } from "../router.ts";
import "../style/lists.css";
import { CallView } from "./call-view.tsx";
import { Overview } from "./overview.tsx";
import "./traffic.css";

/** `#/traffic`: all calls; `#/traffic/req_1`: that one. */
export function Traffic(): JSX.Element {
  const [requestId] = route.value.rest;
  return requestId === undefined || requestId === "" ? (
    <Overview />
  ) : (
    <CallView key={requestId} requestId={requestId} />
  );
}
