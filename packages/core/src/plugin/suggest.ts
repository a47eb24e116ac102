import { closest, distance } from 'fastest-levenshtein'

/** `did you mean "cpu"?` when a known word is near, else the list of known words. */
export function suggest(word: string, known: readonly string[]): string {
  if (known.length === 0) return 'nothing can stand here'
  const nearest = closest(word.toLowerCase(), known.map((name) => name.toLowerCase()))
  const match = known.find((name) => name.toLowerCase() === nearest)
  if (match !== undefined && distance(word.toLowerCase(), nearest) <= Math.max(2, Math.floor(word.length / 3))) return `did you mean "${match}"?`
  return `known: ${known.join(', ')}`
}
