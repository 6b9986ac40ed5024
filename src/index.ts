/** What a program may import that runs Omniport inside itself. */
export type { Config } from "./config.ts";
export { loadConfig } from "./config.ts";
export { providers } from "./providers/index.ts";
export type { Call, Connection, Provider, ProviderFacts } from "./providers/provider.ts";
export type { Service } from "./providers/openai-compatible/index.ts";
export { openaiCompatible } from "./providers/openai-compatible/index.ts";
export type { RunningServer } from "./start.ts";
export { start } from "./start.ts";
