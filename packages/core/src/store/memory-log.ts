import type { Undo } from './undo.ts'

/** The longest log that is kept in memory. */
const LONGEST = 10_000

/** Appends to a log that is kept in memory; the oldest entries make room. */
export function append<T>(log: T[], entries: readonly T[], undo: Undo): void {
  if (entries.length > 0) replace(log, [...log, ...entries].slice(-LONGEST), undo)
}

/** Takes the first entries that are old out of a log, at most `limit`. Gives how many. */
export function prune<T>(log: T[], isOld: (entry: T) => boolean, limit: number, undo: Undo): number {
  const old = new Set(log.filter(isOld).slice(0, limit))
  if (old.size > 0) replace(log, log.filter((entry) => !old.has(entry)), undo)
  return old.size
}

function replace<T>(log: T[], after: readonly T[], undo: Undo): void {
  const before = [...log]
  undo.push(() => void log.splice(0, log.length, ...before))
  log.splice(0, log.length, ...after)
}
