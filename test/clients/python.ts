import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where `scripts/test.ts` installs what `requirements.txt` names. */
export const ENVIRONMENT: string = fileURLToPath(new URL("../../node_modules/.cache/python", import.meta.url));
export const REQUIREMENTS: string = fileURLToPath(new URL("requirements.txt", import.meta.url));
export const CHECK: string = fileURLToPath(new URL("check.py", import.meta.url));
export const VENDORS: string = fileURLToPath(new URL("vendors.py", import.meta.url));

/** The interpreter in there. */
export const PYTHON: string =
  process.platform === "win32" ? join(ENVIRONMENT, "Scripts", "python.exe") : join(ENVIRONMENT, "bin", "python");
