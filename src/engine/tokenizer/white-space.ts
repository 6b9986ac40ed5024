const SPACE = /^\p{White_Space}$/u;

/** Without the spaces at its beginning, which are Unicode's: those of JavaScript's `trimStart` are others. */
export function trimStart(text: string): string {
  let start = 0;
  while (start < text.length && SPACE.test(text.charAt(start))) start++;
  return text.slice(start);
}

/** Without the spaces at its end. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && SPACE.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}
