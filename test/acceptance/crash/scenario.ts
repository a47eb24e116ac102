import { type Clock, defineCollector, defineMonitor, defineNotifier, defineReport, delivered, type Delivery, type Monitor, type Notification, retryable, runOnce, type Store, systemClock } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'
import { setTimeout as wait } from 'node:timers/promises'
import { aLetter } from '@tocsin/core/testing'
import { expect } from 'vitest'
import { type Fault, faultAt } from './fault.ts'
import { expected, type Script } from './reference.ts'

/** Two alerts begin, one of another level; one rises and another begins; one ends and one falls; all end. */
export const SCRIPT: Script = [
  { a: 10, b: 10, c: 10 },
  { a: 91, b: 10, c: 65 },
  { a: 91, b: 91, c: 91 },
  { a: 10, b: 91, c: 65 },
  { a: 10, b: 10, c: 10 },
]
/** Passes that find nothing new: what was put off is sent by then. */
const AFTERWARDS = 2

/** Runs fifty times as fast as the machine's, so that backoff and leases take their course. */
const SPEED = 50
function fastClock(): World['clock'] {
  const start = systemClock.now()
  let shifted = 0
  return {
    shift: (ms) => void (shifted += ms),
    now: () => Math.round(start + (systemClock.now() - start) * SPEED + shifted),
    sleep: (ms, signal) => wait(Math.min(ms, 3_600_000) / SPEED, undefined, { ref: false, ...(signal === undefined ? {} : { signal }) }).catch(() => {}),
  }
}

/** Somebody else's systems: they outlive every process. */
interface World {
  readonly clock: Clock & { shift(ms: number): void }
  /** Every message that arrived, by receiver. */
  readonly arrived: { readonly receiver: string; readonly key: string; readonly text: string }[]
  /** Keys that were offered. */
  readonly offered: Set<string>
  /** Names of resources, by the fingerprint of their alert. */
  readonly names: Map<string, string>
}

const newWorld = (): World => ({ clock: fastClock(), arrived: [], offered: new Set(), names: new Map() })

/** What came of a scenario. */
interface Outcome {
  readonly steps: number
  readonly at: string | undefined
  readonly repeated: number
}

interface ScenarioOptions {
  readonly monitor: string
  /** Opens the store; each process opens it anew. */
  readonly open: () => Promise<Store>
  /** Default: `SCRIPT`. */
  readonly script?: Script
  /** The step at which a process ends. It is started again at once. Default: none ends. */
  readonly crashAt?: number
  /** Milliseconds by which the clock is put forward, or back, before a pass, by its number. */
  readonly clockShifts?: Readonly<Record<number, number>>
}

/** Plays the script through passes, one of which is cut off, and compares what happened with the model. */
export async function play({ monitor, open, script = SCRIPT, crashAt = Infinity, clockShifts = {} }: ScenarioOptions): Promise<Outcome> {
  const world = newWorld()
  const fault = faultAt(crashAt)
  let process = { store: await open(), fault }
  for (const [pass, values] of [...script, ...Array.from({ length: AFTERWARDS }, () => script.at(-1) ?? {})].entries()) {
    world.clock.shift(clockShifts[pass] ?? 0)
    const alive = await Promise.race([onePass(monitor, values, process, world).then(() => true), process.fault.crashed.then(() => false)])
    if (alive) continue
    await bury(monitor, process.store)
    process = { store: await open(), fault: faultAt(Infinity) }
    await onePass(monitor, values, process, world)
  }
  const { events, rows } = await process.store.transaction(async (tx) => ({ events: await tx.events.list({ monitor, limit: 1_000 }), rows: await tx.outbox.list(monitor) }))
  await process.store.close()

  const told = new Map<string, string[]>()
  const seen = new Set<string>()
  const repeated: string[] = []
  for (const { receiver, key, text } of world.arrived) {
    if (seen.has(key)) repeated.push(key)
    else told.set(receiver, [...(told.get(receiver) ?? []), text])
    seen.add(key)
  }
  const model = expected(script)
  // Whichever of its instants it was that the report first fell due: it is about one period, so it arrives once.
  const everything = { ...model.told, reader: ['letter'] }
  const where = `crash at step ${crashAt}: ${fault.at}`
  expect({ where, changes: events.filter(({ from, to }) => from !== to).map(({ fingerprint, from, to }) => `${world.names.get(fingerprint)} ${from}>${to}`) }).toEqual({ where, changes: model.changes })
  expect({ where, told: Object.fromEntries(told) }).toEqual({ where, told: everything })
  expect({ where, left: rows.filter(({ status }) => status !== 'delivered') }).toEqual({ where, left: [] })
  // Only what was on its way when the process ended may have arrived twice, and each of these once more.
  expect({ where, repeated: repeated.filter((key, index) => !fault.inFlight.has(key) || repeated.indexOf(key) !== index) }).toEqual({ where, repeated: [] })
  return { steps: fault.steps, at: fault.at, repeated: repeated.length }
}

async function onePass(name: string, values: Readonly<Record<string, number>>, process: { readonly store: Store; readonly fault: Fault }, world: World): Promise<void> {
  await runOnce(monitorOf(name, values, process.fault, world), { store: process.fault.store(process.store), clock: world.clock, print: () => {} })
}

/** What the kernel and the database do for a dead process: its connection is closed, and its number belongs to nobody. */
async function bury(monitor: string, store: Store): Promise<void> {
  await store.transaction(async (tx) => {
    const holder = await tx.leases.holder(`runner/${monitor}`)
    if (holder !== undefined) await tx.leases.acquire({ name: `runner/${monitor}`, owner: JSON.stringify({ ...JSON.parse(holder.owner), token: 'of a dead process' }), now: 0, until: holder.until, over: holder.fence })
  })
  await store.close()
}

function monitorOf(name: string, values: Readonly<Record<string, number>>, fault: Fault, world: World): Monitor {
  const fleet = defineCollector({
    name: `fleet-${name}`,
    metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' } },
    create: () => ({
      async *collect(_wanted, { now }) {
        for (const [id, value] of Object.entries(values)) {
          yield { resource: { id, type: 'fleet', name: id, tags: {} }, metric: 'cpu', period: 1_000, timestamps: Float64Array.of(now), values: Float64Array.of(value), settledUntil: now + 1, status: 'complete' }
        }
      },
    }),
  })
  const receiver = defineNotifier({
    name: 'receiver',
    create: () => ({ send: (notification, { idempotencyKey }) => fault.send(idempotencyKey, () => take(world, notification, idempotencyKey)) }),
  })
  const reader = defineNotifier({
    name: 'reader',
    reports: true,
    create: () => ({
      send: async () => delivered(),
      sendReport: (_letter, { idempotencyKey }) =>
        fault.send(idempotencyKey, () => {
          world.arrived.push({ receiver: 'reader', key: idempotencyKey, text: 'letter' })
          return delivered()
        }),
    }),
  })
  const digest = defineReport({ name: 'digest', schedule: () => '* * * * * *', period: () => ({ from: 0, until: 1, name: 'ever' }), create: () => ({ compose: async () => aLetter() }) })
  return defineMonitor({
    name,
    every: '1s',
    groupWait: '0s',
    watch: [fleet({ cpu: threshold({ warning: 60, critical: 80 }) })],
    notify: { ops: receiver(), pager: receiver(), reader: reader() },
    reports: { digest: digest({ to: ['reader'] }) },
    route: { warning: ['ops'], critical: ['ops', 'pager'] },
  })
}

/** The receiver: it refuses the first attempt of the second message once, as if it were busy. */
function take({ arrived, offered, names }: World, { receiver, alerts }: Notification, key: string): Delivery {
  for (const { subject } of alerts) names.set(subject.fingerprint, subject.resource.name)
  const known = offered.has(key)
  offered.add(key)
  if (!known && offered.size === 3) return retryable('503 busy')
  arrived.push({ receiver, key, text: alerts.map(({ subject, change, level }) => [subject.resource.name, change, ...(change === 'resolved' ? [] : [level])].join(' ')).sort().join(', ') })
  return delivered()
}
