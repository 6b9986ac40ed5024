/**
 * What a provider wants back with a tool's result although OpenAI's format has no place for it (Gemini's thought
 * signatures, Claude's thinking blocks, DeepSeek's reasoning), kept by the tool call's id for clients that drop it.
 */
export interface ToolState {
  /** The states that are known, by tool-call id. */
  load(toolCallIds: readonly string[]): Promise<ReadonlyMap<string, unknown>>;
  /** Keeps a state for a while; it may be forgotten, and what needs it must be able to go on without. */
  save(toolCallId: string, state: unknown): void;
}
