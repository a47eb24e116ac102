const DAY = 86_400_000

/** By how much cases are moved in time: not at all, one day, across a change of clocks, across a leap day and a year's end. Milliseconds. */
export const SHIFTS: readonly number[] = [0, 1, 45, 731].map((days) => days * DAY)

/**
 * A case as JSON text in which names, of labels or of whatever else is compared only for equality, are others, and the same ones
 * everywhere. A name inside a longer word is left alone.
 */
export function rename(json: string, names: Iterable<string>): string {
  const longestFirst = [...new Set(names)].filter((name) => name !== '').sort((a, b) => b.length - a.length)
  if (longestFirst.length === 0) return json
  const pattern = new RegExp(`(?<![\\w-])(?:${longestFirst.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|')})(?![\\w-])`, 'gu')
  return json.replace(pattern, (name) => `renamed_${name}`)
}
