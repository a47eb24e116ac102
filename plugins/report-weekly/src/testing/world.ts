import { type AlertRecord, defineCollector, defineMonitor, defineNotifier, delivered, type Level, type MeasuredSeries, type Monitor, type Resource, type Store, type Transition } from '@tocsin/core'
import { FakeClock, reportContext } from '@tocsin/core/testing'
import { threshold } from '@tocsin/evaluator-threshold'
import { openSqliteStore } from '@tocsin/store-sql'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const PERIOD = 5 * MINUTE

const inbox = defineNotifier({ name: 'inbox', reports: true, create: () => ({ send: async () => delivered(), sendReport: async () => delivered() }) })

const ec2 = defineCollector({
  name: 'ec2',
  metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' }, free: { unit: 'bytes', worse: 'low', help: 'Free space' } },
  create: () => ({
    async *collect() {
      yield* []
    },
  }),
})

/** Machines with a rule for CPU (60, 80) and one for free space (20 GB, 10 GB). */
const machines: Monitor = defineMonitor({
  name: 'main',
  timeZone: 'Europe/Berlin',
  watch: [ec2({ cpu: threshold({ warning: 60, critical: 80 }), free: threshold({ warning: '20GB', critical: '10GB' }) })],
  notify: { mail: inbox(), ops: inbox() },
})

export const machine = (name: string, tags: Readonly<Record<string, string>> = {}): Resource => ({ id: `i-${name}`, type: 'ec2', name, account: 'prod', region: 'eu-central-1', tags })

/** Points every five minutes from `from` to before `until`; those that are NaN are missing. */
export function measured(resource: Resource, metric: 'cpu' | 'free', from: number, until: number, value: (at: number, index: number) => number): MeasuredSeries {
  const timestamps = Float64Array.from({ length: Math.ceil((until - from) / PERIOD) }, (_, index) => from + index * PERIOD)
  return { unit: metric === 'cpu' ? 'percent' : 'bytes', series: { resource, metric, period: PERIOD, timestamps, values: timestamps.map((at, index) => value(at, index)) } }
}

/** A store of what machines did, made by a test. */
export interface World {
  readonly store: Store
  readonly clock: FakeClock
  readonly context: ReturnType<typeof reportContext>
  fingerprint(name: string, metric?: string): string
  /** Writes what happened to the alert of a machine. */
  happened(name: string, events: readonly (readonly [at: number, kind: Transition['kind'], from: Level, to: Level, episode?: string])[], metric?: string): Promise<void>
  /** Writes how an alert stands now. */
  stands(name: string, level: Level, metric?: string, about?: { readonly rule: string; readonly resource: Resource }): Promise<void>
}

export async function openWorld(now: string, store?: Store): Promise<World> {
  const clock = new FakeClock(now)
  const kept = store ?? (await openSqliteStore(':memory:', { clock }))
  const context = reportContext(machines, kept, { clock })
  const fingerprint = (name: string, metric = 'cpu'): string => {
    const rule = machines.watch[0]?.rules.find((one) => one.metric.name === metric)
    if (rule === undefined) throw new Error(`no rule for ${metric}`)
    return context.monitor.fingerprint({ resource: machine(name), labels: {} }, rule)
  }
  return {
    store: kept,
    clock,
    context,
    fingerprint,
    async happened(name, events, metric) {
      const own = events.map(([at, kind, from, to, episodeId = 'e1']): Transition => ({ fingerprint: fingerprint(name, metric), monitor: 'main', at, kind, from, to, value: 90, code: 'forElapsed', reason: '> 80%', episodeId: `${name}-${episodeId}` }))
      await kept.transaction((tx) => tx.events.append(own))
    },
    async stands(name, level, metric = 'cpu', about = { rule: `ec2.${metric}`, resource: machine(name) }) {
      const id = fingerprint(name, metric)
      const clear = { phase: level === 'none' ? ('inactive' as const) : ('firing' as const), latched: level !== 'none', since: 0 }
      const value: AlertRecord = {
        subject: { fingerprint: id, monitor: 'main', ...about, metric, unit: 'percent', dimensions: {}, labels: {}, annotations: {}, for: { warning: 0, critical: 0 } },
        state: { phase: clear.phase, level, health: 'ok', warning: clear, critical: clear, reached: level, slots: '0', lastAt: 0, frozen: 0, value: 0, reason: '', absences: 0, changed: 0, flapping: false },
      }
      await kept.transaction((tx) => tx.alerts.put({ id, monitor: 'main', value }, 0))
    },
  }
}
