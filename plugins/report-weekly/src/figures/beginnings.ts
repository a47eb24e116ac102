import type { Past, Transition } from '@tocsin/core'

const DAY = 86_400_000
/** How far back beginnings are looked for, more at every try: most alerts last for hours, and to read a quarter is dear. */
const LOOKS = [DAY, 7 * DAY, 31 * DAY, 92 * DAY]

/**
 * Events with those further back that say when the alerts began of which people took care, or which ended, at or after `from`.
 *
 * @param events those at or after `from`, oldest first.
 */
export async function withBeginnings(past: Past, events: readonly Transition[], from: number): Promise<readonly Transition[]> {
  let found = events
  for (const look of LOOKS) {
    if (!lacksBeginnings(found, from)) break
    found = await past.events(from - look)
  }
  return found
}

function lacksBeginnings(events: readonly Transition[], from: number): boolean {
  const begun = new Set<string>()
  for (const { kind, episodeId, at } of events) {
    if (episodeId === undefined) continue
    if (kind === 'fired' || kind === 'refired') begun.add(episodeId)
    else if ((kind === 'acknowledged' || kind === 'resolved') && at >= from && !begun.has(episodeId)) return true
  }
  return false
}
