import type { Monitor } from '../config/monitor.ts'
import type { Resource } from '../model/resource.ts'
import type { Series } from '../model/series.ts'
import type { Services } from '../plugin/services.ts'
import type { HistoryStore, MeasuredSeries } from '../store/history.ts'
import { type Collected, isUnread } from './collect.ts'

/** Keeps what cycles measure, beside them: nobody is owed a point, so a cycle never waits for its points nor fails because of them. */
export interface HistoryKeeper {
  keep(collected: readonly Collected[], at: number): void
  /** Packs and forgets, as far as it comes until `signal` aborts. */
  tidy(signal: AbortSignal): Promise<void>
  /** Does so every hour until `signal` aborts. */
  maintain(signal: AbortSignal): Promise<void>
  /** Resolves when all that was given is kept, or has been given up. */
  idle(): Promise<void>
}

/** How often points are packed and forgotten. */
const MAINTENANCE = 3_600_000
/** Cycles whose points wait for a store that cannot be reached; then the oldest are given up. */
const MOST_WAITING = 60

export function createHistoryKeeper(monitor: Monitor, history: HistoryStore, { clock, logger }: Pick<Services, 'clock' | 'logger'>): HistoryKeeper {
  /** Until when the points of a series are kept and final, by series. */
  let finalUntil = new Map<string, Final>()
  const units = new Map(monitor.watch.flatMap((watch) => Object.entries(watch.metrics).map(([metric, { unit }]) => [`${watch.collector} ${metric}`, unit])))
  let waiting: { readonly measured: readonly MeasuredSeries[]; readonly gone: readonly Resource[]; readonly at: number }[] = []
  let working: Promise<void> | undefined
  const goneIn = attendance(monitor.staleAfter)
  /** What is gone has no more points: it is not remembered. */
  const forget = (gone: readonly Resource[]): void => {
    if (gone.length === 0) return
    const places = new Set(gone.map(placeOf))
    finalUntil = new Map([...finalUntil].filter(([, { place }]) => !places.has(place)))
  }

  const measuredIn = (collected: readonly Collected[], at: number): MeasuredSeries[] => {
    const seen = new Map<string, Final>()
    const measured = collected.flatMap(({ watch, series }) =>
      series.flatMap((one): MeasuredSeries[] => {
        const key = keyOf(one)
        const { until: known = -Infinity, place = placeOf(one.resource) } = finalUntil.get(key) ?? {}
        // What is final up to now is timed by this clock, which was set back when more was final before.
        const from = one.settledUntil > at && known > one.settledUntil ? -Infinity : known
        const news = after(one, from)
        seen.set(key, { until: Math.max(from, one.settledUntil), place })
        const unit = units.get(`${watch.collector} ${one.metric}`)
        return unit === undefined || news.timestamps.length === 0 ? [] : [{ unit, series: news }]
      }),
    )
    // A source that failed this time has its series still.
    finalUntil = new Map([...finalUntil, ...seen])
    return measured
  }

  const work = async (): Promise<void> => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      try {
        if (next.measured.length > 0) await history.append(monitor.name, next.measured)
        if (next.gone.length > 0) await history.markGone(monitor.name, next.gone, next.at)
      } catch (error) {
        logger.error({ error: String(error), waiting: waiting.length }, 'what was measured could not be kept; it is tried again at the next cycle')
        return
      }
      waiting = waiting.filter((one) => one !== next)
    }
  }

  const tidy = async (signal: AbortSignal): Promise<void> => {
    try {
      await history.maintain({ now: clock.now(), signal })
    } catch (error) {
      logger.error({ error: String(error) }, 'what was measured could not be packed; it is tried again')
    }
  }

  return {
    keep(collected, at) {
      const [measured, gone] = [measuredIn(collected, at), goneIn(collected)]
      forget(gone)
      waiting.push({ measured, gone, at })
      if (waiting.length > MOST_WAITING) {
        waiting = waiting.slice(-MOST_WAITING)
        logger.error({ kept: MOST_WAITING }, 'the store has been out of reach for so long that points are given up')
      }
      working ??= work().finally(() => {
        working = undefined
      })
    },
    tidy,
    async maintain(signal) {
      while (!signal.aborted) {
        await tidy(signal)
        await clock.sleep(MAINTENANCE, signal)
      }
    },
    async idle() {
      await working
    },
  }
}

/** Until when the points of a series are final, and the resource that it is of. */
interface Final {
  readonly until: number
  readonly place: string
}

const placeOf = ({ id, account, region }: Resource): string => JSON.stringify([id, account, region])
const keyOf = ({ resource, metric, labels }: Series): string => JSON.stringify([placeOf(resource), metric, labels])

/** The points that are not yet kept for good: those from before are final. */
function after(series: Series, at: number): Series {
  const from = series.timestamps.findIndex((time) => time >= at)
  if (from === 0) return series
  return { ...series, timestamps: series.timestamps.subarray(from < 0 ? series.timestamps.length : from), values: series.values.subarray(from < 0 ? series.timestamps.length : from) }
}

interface Known {
  readonly resource: Resource
  readonly collector: string
  /** Cycles in a row in which it was not there, though its source answered. */
  misses: number
}

/** Tells which resources are gone: their source answered, so many cycles in a row, without them. */
function attendance(staleAfter: number): (collected: readonly Collected[]) => Resource[] {
  const known = new Map<string, Known>()
  return (collected) => {
    const present = new Set<string>()
    for (const { watch, series } of collected) {
      for (const { resource } of series) {
        const key = resourceKey(watch.collector, resource)
        present.add(key)
        known.set(key, { resource, collector: watch.collector, misses: 0 })
      }
    }
    const answered = new Set(collected.flatMap(({ watch, failures }) => (failures.some(isUnread) ? [] : [watch.collector])))
    const gone: Resource[] = []
    for (const [key, one] of known) {
      if (present.has(key) || !answered.has(one.collector)) continue
      one.misses += 1
      if (one.misses < staleAfter) continue
      known.delete(key)
      gone.push(one.resource)
    }
    return gone
  }
}

const resourceKey = (collector: string, { id, account, region }: Resource): string => JSON.stringify([collector, id, account, region])
