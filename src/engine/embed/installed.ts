import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";

/**
 * Looks for the package without loading it: that is done in a thread of its own.
 * @throws EngineError `not_installed`
 */
export async function requireOnnxRuntime(): Promise<void> {
  try {
    import.meta.resolve("onnxruntime-node");
  } catch (cause) {
    throw notInstalled(cause);
  }
}

export function notInstalled(cause: unknown): EngineError {
  return new EngineError("not_installed", say.onnxMissing, { cause });
}
