import type { Resource } from '../model/resource.ts'
import type { DeliveryReport } from '../delivery/report.ts'
import type { SourceFailure } from './cycle-result.ts'
import { channelResource, type FailureCount, sourceResource } from './self-alerts.ts'

/** What cannot be read or told at this moment, and for how many tries in a row. */
export interface FailureBook {
  /** Counts one cycle of the collectors that ran. */
  sources(failures: readonly SourceFailure[], ran: ReadonlySet<string>): void
  /** Counts one attempt to send. */
  delivery(report: DeliveryReport): void
  /** Every source that ever failed, also those that work again with a count of 0. */
  readonly failingSources: Iterable<readonly [Resource, FailureCount]>
  readonly failingChannels: Iterable<readonly [Resource, FailureCount]>
}

const WELL: FailureCount = { failures: 0, permanent: false, reason: 'works again' }

/** Starts empty: after a restart what still fails is counted anew. */
export function failureBook(): FailureBook {
  const sources = new Map<string, { readonly resource: Resource; readonly count: FailureCount }>()
  const channels = new Map<string, { readonly resource: Resource; readonly count: FailureCount }>()
  const pairs = (book: typeof sources) => [...book.values()].map(({ resource, count }) => [resource, count] as const)

  return {
    sources(failures, ran) {
      const worst = new Map<string, SourceFailure>()
      for (const failure of failures.filter(isAlarming)) {
        const { id } = sourceResource(failure)
        if (!worst.has(id) || failure.error.permanent) worst.set(id, failure)
      }
      for (const [id, { error, ...failure }] of worst) {
        const failuresInARow = (sources.get(id)?.count.failures ?? 0) + 1
        sources.set(id, { resource: sourceResource(failure), count: { failures: failuresInARow, permanent: error.permanent, reason: String(error) } })
      }
      for (const [id, { resource }] of sources) if (!worst.has(id) && ran.has(resource.name)) sources.set(id, { resource, count: WELL })
    },
    delivery({ receiver, result }) {
      const resource = channelResource(receiver)
      const known = channels.get(receiver)
      if (result.outcome !== 'delivered') {
        const failures = (known?.count.failures ?? 0) + 1
        channels.set(receiver, { resource, count: { failures, permanent: result.outcome === 'permanent', reason: `E30${result.outcome === 'permanent' ? 1 : 0} ${result.reason}` } })
      } else if (known !== undefined) channels.set(receiver, { resource, count: WELL })
    },
    get failingSources() {
      return pairs(sources)
    },
    get failingChannels() {
      return pairs(channels)
    },
  }
}

/** An empty region is worth a word to whoever looks, and nothing to be woken for. */
function isAlarming({ error }: SourceFailure): boolean {
  return error.code !== 'E203'
}
