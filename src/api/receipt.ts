import { say, type Wording } from "../messages/say.ts";
import { type ApiError, invalidRequest } from "./error.ts";

/** How a field of the request was treated where the provider has no equal for it. */
export type Treatment =
  /** Left out: a hint that does not change what the answer means, or one that the client allowed to be left out. */
  | "dropped"
  /** Sent under another name or in another form, with the same meaning. */
  | "renamed"
  /** Had in another way, such as JSON output by a forced tool. */
  | "emulated"
  /** Moved to the nearest value that the provider takes. */
  | "clamped";

/** What a translation did to a call's fields: nothing is lost without standing here. */
export interface Receipt {
  /** Whether the client allows fields to be dropped that cannot be honoured. */
  readonly mayDrop: boolean;
  note(treatment: Treatment, field: string): void;
  /**
   * For a field that changes what the answer means and cannot be honoured.
   * @param why says what is not possible, and what would be: it follows the field's name in the error.
   * @throws ApiError 400 that names the field, unless the client allowed it to be dropped; then it is noted.
   */
  refuse(field: string, why: Wording): void;
  /** `dropped=seed,user;clamped=temperature`; "" where every field went through as it was. */
  text(): string;
  /** An empty one under the same rule: each of several attempts notes its own. */
  blank(): Receipt;
  /** Lets the receipt of the attempt that answered stand for the call. */
  adopt(receipt: Receipt): void;
}

/** @param dropParams whether unsupported fields are dropped instead of refused: `x-omniport-drop-params: true`. */
export function createReceipt(dropParams: boolean): Receipt {
  return new Notes(dropParams);
}

/** Two of them are made for every call, and nearly all stay empty: a class, as that is one small object. */
class Notes implements Receipt {
  readonly mayDrop: boolean;
  #fields: Map<Treatment, Set<string>> | undefined;
  #adopted: Receipt | undefined;

  constructor(mayDrop: boolean) {
    this.mayDrop = mayDrop;
  }

  note(treatment: Treatment, field: string): void {
    this.#fields ??= new Map();
    this.#fields.set(treatment, (this.#fields.get(treatment) ?? new Set()).add(field));
  }

  refuse(field: string, why: Wording): void {
    if (!this.mayDrop) throw unsupported(field, why);
    this.note("dropped", field);
  }

  text(): string {
    if (this.#adopted) return this.#adopted.text();
    if (!this.#fields) return "";
    return [...this.#fields].map(([treatment, fields]) => `${treatment}=${[...fields].join(",")}`).join(";");
  }

  blank(): Receipt {
    return new Notes(this.mayDrop);
  }

  adopt(receipt: Receipt): void {
    this.#adopted = receipt;
  }
}

function unsupported(field: string, why: Wording): ApiError {
  const message = say.unsupportedParameter(field, why);
  return invalidRequest(message, field, "unsupported_parameter");
}

const TREATMENTS: readonly string[] = ["dropped", "renamed", "emulated", "clamped"] satisfies readonly Treatment[];

/** Notes what the receipt of another Omniport says, one that has answered for us: what it changed, we changed. */
export function noteAll(receipt: Receipt, text: string): void {
  if (text === "") return;
  for (const part of text.split(";")) {
    const [treatment = "", fields = ""] = part.split("=");
    if (!TREATMENTS.includes(treatment)) continue;
    for (const field of fields.split(",")) receipt.note(treatment as Treatment, field);
  }
}
