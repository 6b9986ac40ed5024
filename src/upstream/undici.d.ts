/*
 * Parts of undici by their own files. Its index also loads fetch, caches, WebSockets and mocks, which takes as long again as
 * all else does until the server listens, and 13 MB. The version is pinned, and a file that has moved fails each test.
 */
declare module "undici/lib/dispatcher/agent.js" {
  import { Agent } from "undici";
  export default Agent;
}
declare module "undici/lib/dispatcher/pool.js" {
  import { Pool } from "undici";
  export default Pool;
}
