import type { Transition } from '@tocsin/core'
import type { ResponseTimes } from '../figures.ts'

/**
 * How soon people took alerts on, and how soon they ended, of what was acknowledged or ended in a period. Counted from when the episode fired.
 *
 * @param events those of before the period too: episodes may have begun then.
 */
export function responseTimes(events: readonly Transition[], { from, until }: { readonly from: number; readonly until: number }): ResponseTimes {
  const firedAt = new Map<string, number>()
  const taken = new Set<string>()
  const waits: number[] = []
  const lengths: number[] = []
  for (const { kind, episodeId, at } of events) {
    if (episodeId === undefined) continue
    if ((kind === 'fired' || kind === 'refired') && !firedAt.has(episodeId)) firedAt.set(episodeId, at)
    const fired = firedAt.get(episodeId)
    if (fired === undefined) continue
    const isInside = at >= from && at < until
    if (kind === 'acknowledged' && !taken.has(episodeId)) {
      taken.add(episodeId)
      if (isInside) waits.push(Math.max(0, at - fired))
    }
    if (kind === 'resolved' && isInside) lengths.push(Math.max(0, at - fired))
  }
  const [toAcknowledge, toResolve] = [median(waits), median(lengths)]
  return { acknowledged: waits.length, resolved: lengths.length, ...(toAcknowledge === undefined ? {} : { toAcknowledge }), ...(toResolve === undefined ? {} : { toResolve }) }
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}
