import type { Budget } from './budget.ts'
import { metricKey, type MetricQuery } from './metric-query.ts'
import type { Owner } from './owner.ts'
import { asked, isForgotten, newMemory, type SeriesMemory } from './series-memory.ts'

/** What one owner wants of one place in one cycle. */
export interface Subscription {
  readonly owner: Owner
  /** The key of the target. */
  readonly place: string
  readonly queries: readonly MetricQuery[]
  /** Milliseconds between two cycles. */
  readonly interval: number
}

/** All series that somebody wants, each once, whoever and however many they are. */
export interface Subscriptions {
  /** The series of the queries, in their order; made when they are new. */
  find(place: string, queries: readonly MetricQuery[]): readonly SeriesMemory[]
  /** The same, and notes that the owner wants them now, as often as its budget allows. */
  subscribe(subscription: Subscription, now: number): readonly SeriesMemory[]
  /** Drops what nobody has wanted for long. */
  sweep(now: number): void
}

export function createSubscriptions(budget: Budget): Subscriptions {
  const memories = new Map<string, SeriesMemory>()

  const find = (place: string, queries: readonly MetricQuery[]): SeriesMemory[] =>
    queries.map((query) => {
      const metric = metricKey(query)
      const key = `${place}|${metric}|${query.stat}|${query.period}`
      const known = memories.get(key)
      if (known) return known
      const made = newMemory(query, metric)
      memories.set(key, made)
      return made
    })

  return {
    find,
    subscribe({ owner, place, queries, interval }, now) {
      const found = find(place, queries)
      const sharers = (index: number): number => {
        const owners = found[index]?.demands ?? []
        return owners.length + (owners.some((demand) => demand.owner === owner) ? 0 : 1)
      }
      const affordable = budget.afford(owner, { place, queries, interval: interval / 1_000, now }, sharers)
      found.forEach((memory, index) => {
        const query = affordable[index]
        if (query) asked(memory, { query, owner, interval, askedAt: now })
      })
      return found
    },
    sweep(now) {
      for (const [key, memory] of memories) if (isForgotten(memory, now)) memories.delete(key)
    },
  }
}
