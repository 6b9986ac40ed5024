/** What the browser keeps for this page; undefined where it keeps nothing (private windows, blocked storage). */
export function stored(name: string): string | undefined {
  try {
    return localStorage.getItem(`omniport.${name}`) ?? undefined;
  } catch {
    return undefined; // storage is blocked: the page works without
  }
}

export function store(name: string, value: string): void {
  try {
    localStorage.setItem(`omniport.${name}`, value);
  } catch {
    // Storage is blocked or full: the value holds until the page is closed.
  }
}
