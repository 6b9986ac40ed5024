/** What an answer has to wait for, as far as the server says. */
export interface Wait {
  readonly state: "downloading" | "converting" | "loading";
  readonly model: string;
  /** While it is downloaded: between 0 and 1, and of how much (`98 MB`). */
  readonly share?: number;
  readonly total?: string;
}

/** @param comment between a stream's events: `downloading owner/repo: 45 % of 98 MB`, `loading owner/repo`. */
export function readWait(comment: string): Wait | undefined {
  const [, word, model = "", percent, total] =
    /^(downloading|converting|loading) (\S+?)(?:: (\d+) % of (.+))?$/.exec(comment) ?? [];
  const state = (["downloading", "converting", "loading"] as const).find((known) => known === word);
  if (state === undefined) return undefined;
  return {
    state,
    model,
    ...(percent !== undefined && { share: Number(percent) / 100 }),
    ...(total !== undefined && { total }),
  };
}
