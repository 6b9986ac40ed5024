const WORDS = ["the", "night", "market", "of", "a", "small", "harbour", "town", "opens", "when", "rain", "has", "gone"];

/** So many texts of so many words, no two of them equal. */
export function texts(count: number, words: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    Array.from({ length: words }, (_, at) => WORDS[(at * (index + 1) + index) % WORDS.length]).join(" "),
  );
}
