import { say } from "../messages/say.ts";
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
  refuse(field: string, why: string): void;
  /** `dropped=seed,user;clamped=temperature`; "" where every field went through as it was. */
  text(): string;
  /** An empty one under the same rule: each of several attempts notes its own. */
  blank(): Receipt;
  /** Lets the receipt of the attempt that answered stand for the call. */
  adopt(receipt: Receipt): void;
}

/** @param dropParams whether unsupported fields are dropped instead of refused: `x-omniport-drop-params: true`. */
export function createReceipt(dropParams: boolean): Receipt {
  const notes = new Map<Treatment, Set<string>>();
  const note = (treatment: Treatment, field: string): void => {
    notes.set(treatment, (notes.get(treatment) ?? new Set()).add(field));
  };
  let adopted: Receipt | undefined;
  return {
    mayDrop: dropParams,
    note,
    blank: () => createReceipt(dropParams),
    adopt: (receipt) => void (adopted = receipt),
    refuse(field, why) {
      if (!dropParams) throw unsupported(field, why);
      note("dropped", field);
    },
    text() {
      if (adopted) return adopted.text();
      return [...notes].map(([treatment, fields]) => `${treatment}=${[...fields].join(",")}`).join(";");
    },
  };
}

function unsupported(field: string, why: string): ApiError {
  const message = say.unsupportedParameter(field, why);
  return invalidRequest(message, field, "unsupported_parameter");
}

const TREATMENTS: readonly string[] = ["dropped", "renamed", "emulated", "clamped"] satisfies readonly Treatment[];

/** Notes what the receipt of another Omniport says, one that has answered for us: what it changed, we changed. */
export function noteAll(receipt: Receipt, text: string): void {
  for (const part of text.split(";")) {
    const [treatment = "", fields = ""] = part.split("=");
    if (!TREATMENTS.includes(treatment)) continue;
    for (const field of fields.split(",")) receipt.note(treatment as Treatment, field);
  }
}
