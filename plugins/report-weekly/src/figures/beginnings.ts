import type { Past, Transition } from '@tocsin/core'

const DAY = 86_400_000
/** How far back beginnings are looked for, more at every try: most alerts last for hours, and to read a quarter is dear. */
const LOOKS = [DAY, 7 * DAY, 31 * DAY, 92 * DAY]

/**
 * Events with those further back that say when the alerts began of which people took care, or which ended, in a stretch of time.
 *
 * @param events those at or after `from`.
 */
export async function withBeginnings(past: Past, events: readonly Transition[], { from, until }: { readonly from: number; readonly until: number }): Promise<readonly Transition[]> {
  let found = events
  for (const look of LOOKS) {
    if (!lacksBeginnings(found, { from, until })) break
    found = await past.events(from - look)
  }
  return found
}

function lacksBeginnings(events: readonly Transition[], { from, until }: { readonly from: number; readonly until: number }): boolean {
  const begun = new Set<string>()
  for (const { kind, episodeId, at } of events) {
    if (episodeId === undefined) continue
    if (kind === 'fired' || kind === 'refired') begun.add(episodeId)
    else if ((kind === 'acknowledged' || kind === 'resolved') && at >= from && at < until && !begun.has(episodeId)) return true
  }
  return false
}
