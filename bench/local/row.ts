/** One line of the table. */
export interface Row {
  readonly work: string;
  readonly unit: string;
  readonly omniport: number;
  /** Others' figures for the same work, by their name. */
  readonly others?: Readonly<Record<string, number>>;
  readonly target?: Target;
}

export interface Target {
  /** For people: `≥ 0.95 × llama.cpp`. */
  readonly text: string;
  readonly isMet: boolean;
}

export const HEADER: readonly string[] = ["work", "unit", "Omniport", "others", "target", "met"];

export function cells({ work, unit, omniport, others = {}, target }: Row): readonly string[] {
  const compared = Object.entries(others).map(
    ([name, value]) => `${name} ${short(value)} (${(omniport / value).toFixed(2)} ×)`,
  );
  return [work, unit, short(omniport), compared.join(", ") || "–", target?.text ?? "–", verdict(target)];
}

function verdict(target: Target | undefined): string {
  if (target === undefined) return "–";
  return target.isMet ? "yes" : "no";
}

/** @param other undefined where it was not measured: then there is no target. */
export function atLeast(factor: number, name: string, omniport: number, other: number | undefined): Target | undefined {
  if (other === undefined) return undefined;
  return { text: `≥ ${factor} × ${name}`, isMet: omniport >= factor * other };
}

export function atMost(limit: number, unit: string, omniport: number): Target {
  return { text: `≤ ${limit} ${unit}`, isMet: omniport <= limit };
}

function short(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}
