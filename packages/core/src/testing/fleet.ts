import { z } from 'zod'
import { defineMonitor, type Monitor, type MonitorSpec } from '../config/monitor.ts'
import { TocsinError } from '../errors.ts'
import { silentLogger } from '../log/logger.ts'
import type { Notification } from '../model/notification.ts'
import type { Series } from '../model/series.ts'
import { defineCollector } from '../plugin/define-collector.ts'
import { defineEvaluator } from '../plugin/define-evaluator.ts'
import { defineNotifier } from '../plugin/define-notifier.ts'
import { delivered } from '../plugin/delivery.ts'
import type { Channel } from '../plugin/notifier.ts'
import type { RuleOptions } from '../plugin/rule.ts'
import { createEngine, type Cycle, type Engine } from '../runner/engine.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { Store } from '../store/store.ts'
import { aResource, aSeries } from './builders.ts'

/** Warning above 60, critical above 80. */
export const line = defineEvaluator({
  name: 'line',
  create: () => ({
    evaluate: ({ timestamps, values }) => ({
      judgements: [...values].map((value, index) => ({
        at: timestamps[index] ?? 0,
        value,
        breaches: value > 80 ? ('critical' as const) : value > 60 ? ('warning' as const) : ('none' as const),
        reason: value > 80 ? '> 80%' : '> 60%',
      })),
    }),
  }),
})

const fleet = defineCollector({
  name: 'fleet',
  options: z.object({}),
  metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' }, disk: { unit: 'percent', worse: 'high', help: 'Disk' } },
  create: () => ({
    async *collect() {
      yield* []
    },
  }),
})

/** A receiver that takes everything; what it is told is read from what the engine queued. */
const inbox = defineNotifier({ name: 'inbox', create: () => ({ send: async () => delivered() }) })

export const inboxes = (...names: string[]): Record<string, Channel> => Object.fromEntries(names.map((name) => [name, inbox()]))

/** A monitor of machines with one rule each for `fleet.cpu` and `fleet.disk`. Times of groups are zero, so that everything is told at once. */
export function fleetMonitor(spec: Partial<MonitorSpec<Record<string, Channel>>> = {}, rule: RuleOptions = {}): Monitor {
  const options = { flapping: false, ...rule }
  return defineMonitor({ watch: [fleet({}, { cpu: line(options), disk: line(options) })], notify: inboxes('ops'), groupWait: '0s', groupInterval: '1s', ...spec })
}

/** What machines show at one instant: a percentage for each rule; `down`: their source cannot be read. */
export type Readings = Readonly<Record<string, number | { readonly cpu?: number; readonly disk?: number; readonly tags?: Readonly<Record<string, string>> }>> | 'down'

/** A monitor whose machines a test sets, on the production engine. Each call stands for one cycle. */
export interface Fleet {
  readonly store: Store
  /** What was queued, as `ops first: web-1 new`, in alphabetical order. */
  cycle(readings: Readings, at: number, final?: boolean): Promise<readonly string[]>
  /** Looks at the groups that are due, as between two cycles. */
  flush(at: number): Promise<readonly string[]>
  /** A new process with the same store, with another configuration if one is given. */
  restart(monitor?: Monitor): Promise<void>
  /** The last cycle in full. */
  readonly last: Cycle | undefined
}

export async function openFleet(first: Monitor, store: Store = memoryStore()): Promise<Fleet> {
  let monitor = first
  let engine: Engine = await createEngine(monitor, store, silentLogger)
  let last: Cycle | undefined
  const queued = new Set<string>()
  const news = async (): Promise<readonly string[]> => {
    const rows = (await store.transaction((tx) => tx.outbox.list(monitor.name))).filter(({ id }) => !queued.has(id))
    for (const { id } of rows) queued.add(id)
    return rows.map(({ notification }) => told(notification)).toSorted()
  }
  return {
    store,
    get last() {
      return last
    },
    async cycle(readings, at, final = false) {
      const [watch] = monitor.watch
      if (watch === undefined) throw new RangeError('the fleet watches nothing')
      const error = new TocsinError('E205', 'no answer', { fix: 'wait' })
      const failures = readings === 'down' ? [{ collector: watch.collector, scope: {}, error }] : []
      last = await engine.cycle([{ watch, series: readings === 'down' ? [] : seriesOf(readings, at), failures }], at, final)
      return news()
    },
    async flush(at) {
      await engine.flush(at)
      return news()
    },
    async restart(next = monitor) {
      monitor = next
      engine = await createEngine(monitor, store, silentLogger)
    },
  }
}

function seriesOf(readings: Exclude<Readings, 'down'>, at: number): Series[] {
  return Object.entries(readings).flatMap(([name, reading]) => {
    const { tags = {}, ...values } = typeof reading === 'number' ? { cpu: reading } : reading
    return Object.entries(values).map(([metric, value]) =>
      aSeries([value], { metric, resource: aResource({ id: name, name, tags }), timestamps: Float64Array.of(at), settledUntil: at + 1 }),
    )
  })
}

/** One notification in short: `ops first: web-1 new, web-2 resolved`. */
function told({ receiver, reason, alerts }: Notification): string {
  return `${receiver} ${reason}: ${alerts.map(({ subject, change }) => `${subject.resource.name} ${change}`).join(', ')}`
}
