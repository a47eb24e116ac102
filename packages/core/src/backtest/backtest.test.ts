import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Monitor } from '../config/monitor.ts'
import { silentLogger } from '../log/logger.ts'
import type { Notification } from '../model/notification.ts'
import type { Series } from '../model/series.ts'
import type { Transition } from '../model/transition.ts'
import type { RuleOptions } from '../plugin/rule.ts'
import { createEngine } from '../runner/engine.ts'
import { memoryStore } from '../store/memory-store.ts'
import { aResource, aSeries } from '../testing/builders.ts'
import { fleetMonitor, inboxes } from '../testing/fleet.ts'
import { backtest, backtestAll } from './backtest.ts'
import type { PastWindow } from './past-window.ts'

/** How many random worlds the property sees. More by `TOCSIN_PROPERTY_RUNS=100000`. */
const RUNS = Number(process.env['TOCSIN_PROPERTY_RUNS'] ?? 150)
const MINUTE = 60_000
/** A value for each minute; `undefined` where there is no point. */
type Values = readonly (number | undefined)[]
type World = Readonly<Record<string, Values>>

function seriesOf(name: string, values: Values, from = 0, until = values.length): Series {
  const present = values.slice(from, until).flatMap((value, index) => (value === undefined ? [] : [{ at: (from + index) * MINUTE, value }]))
  return aSeries([], { resource: aResource({ id: name, name, tags: {} }), timestamps: Float64Array.from(present, ({ at }) => at), values: Float64Array.from(present, ({ value }) => value), settledUntil: (until - 1) * MINUTE + 1 })
}

/** The world in windows of some minutes; machine `b` is gone from a minute on. */
function* windows(world: World, minutes: number, length: number, goneAt = Infinity): Generator<PastWindow> {
  for (let from = 0; from < minutes; from += length) {
    const until = Math.min(minutes, from + length)
    const there = Object.entries(world).filter(([name]) => name !== 'b' || goneAt >= from)
    yield { from: from * MINUTE, until: until * MINUTE, series: there.map(([name, values]) => ({ rule: 'fleet.cpu', series: seriesOf(name, values, from, name === 'b' ? Math.min(until, goneAt) : until), ...(name === 'b' && goneAt < until ? { goneAt: goneAt * MINUTE } : {}) })) }
  }
}

/** The same world, minute by minute, through the engine that runs live. */
async function live(monitor: Monitor, world: World, minutes: number, goneAt = Infinity): Promise<{ transitions: Transition[]; notifications: Notification[] }> {
  const store = memoryStore()
  const engine = await createEngine(monitor, store, silentLogger)
  const [watch] = monitor.watch
  const transitions: Transition[] = []
  let nextAt = Infinity
  for (let minute = 0; minute < minutes; minute++) {
    while (nextAt < minute * MINUTE) nextAt = Math.max(await engine.flush(nextAt), nextAt + 1)
    const there = Object.entries(world).filter(([name]) => name !== 'b' || goneAt > minute)
    const series = there.map(([name, values]) => seriesOf(name, values, minute, minute + 1))
    const cycle = await engine.cycle(watch === undefined ? [] : [{ watch, series, failures: [] }], minute * MINUTE)
    nextAt = Math.max(cycle.nextAt, minute * MINUTE + 1)
    transitions.push(...cycle.result.transitions)
  }
  while (nextAt < minutes * MINUTE) nextAt = Math.max(await engine.flush(nextAt), nextAt + 1)
  return { transitions, notifications: (await store.transaction((tx) => tx.outbox.list('main'))).map(({ notification }) => notification) }
}

const told = (notifications: readonly Notification[]): string[] => notifications.map(({ at, receiver, key, reason, alerts }) => [at / MINUTE, receiver, key, reason, ...alerts.map(({ subject, change, level }) => `${subject.resource.name} ${change} ${level}`)].join(' ')).toSorted()
const logged = (transitions: readonly Transition[]): string[] => transitions.map(({ at, fingerprint, kind, code, value }) => [at / MINUTE, fingerprint, kind, code, value].join(' ')).toSorted()

const value = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(20, 20, 70, 91) }, { weight: 1, arbitrary: fc.constant(undefined) })
/** Stretches of one value, so that clocks run out. */
const values = fc.tuple(fc.constantFrom(20, 20, 70, 91, undefined), fc.array(fc.tuple(value, fc.integer({ min: 1, max: 12 })), { maxLength: 30 })).map(([first, runs]) => [first, ...runs.flatMap(([one, length]) => Array.from({ length }, () => one))])
const rule: fc.Arbitrary<RuleOptions> = fc.record({
  for: fc.constantFrom('0s', '3m', '10m'),
  keepFiringFor: fc.constantFrom('0s', '4m'),
  occurrences: fc.constantFrom('1 of 1', '2 of 3'),
  missing: fc.constantFrom('missing', 'ignore', 'breaching', 'notBreaching'),
  flapping: fc.boolean(),
  paused: fc.constantFrom(false, false, false, false, true),
})
const BLIND = { composites: { calm: { when: 'OK("main/fleet.cpu/a") AND NOT CRITICAL("main/fleet.cpu/b")', for: '4m' }, blind: { when: 'INSUFFICIENT_DATA("main/fleet.cpu/b")', level: 'critical' }, nowhere: { when: 'OK("main/fleet.cpu/c") OR INSUFFICIENT_DATA("main/fleet.cpu/c")' } } } as const
const spec = fc.constantFrom<Parameters<typeof fleetMonitor>[0]>(
  {},
  { groupWait: '90s', groupInterval: '5m', repeatInterval: '20m' },
  { notify: inboxes('ops', 'lead'), route: { receivers: ['ops'], steps: [{ after: '7m', notify: 'lead', repeat: '10m' }] }, groupBy: ['name'] },
  { composites: { both: { when: 'ALARM("main/fleet.cpu/a") AND ALARM("main/fleet.cpu/b")', for: '2m' } }, inhibit: [{ name: 'parts', source: ['rule="composite.both"'], target: ['rule="fleet.cpu"'], waitFor: '3m' }] },
  BLIND,
)

it('says what the live engine says, minute by minute, in windows of any length', { timeout: 60_000 + RUNS * 200 }, () =>
  fc.assert(
    fc.asyncProperty(fc.record({ a: values, b: values }), rule, spec, fc.integer({ min: 7, max: 90 }), fc.constantFrom(Infinity, 20, 45), async (world, options, over, length, goneAt) => {
      const monitor = fleetMonitor(over, options)
      const minutes = Math.max(world.a.length, world.b.length)
      const padded = { a: pad(world.a, minutes), b: pad(world.b, minutes) }
      const [past, present] = [await backtest(monitor, { windows: windows(padded, minutes, length, goneAt) }), await live(monitor, padded, minutes, goneAt)]
      expect(logged(past.transitions)).toEqual(logged(present.transitions))
      expect(told(past.notifications)).toEqual(told(present.notifications))
    }),
    {
      numRuns: RUNS,
      // What is paused from the first look on, what is gone, and what has no point yet: composites see them all.
      examples: [
        [{ a: [20, 20], b: [20] }, { paused: true }, BLIND, 7, Infinity],
        [{ a: Array.from({ length: 60 }, () => 20 as const), b: [20, 91] }, { flapping: false }, BLIND, 7, 20],
        [{ a: [undefined, 20, 20], b: [undefined, undefined, 20] }, {}, BLIND, 7, Infinity],
        // What flaps is told of while its level is none, too.
        [{ a: Array.from({ length: 100 }, (_, minute) => (minute < 40 && minute % 2 === 1 ? 91 : 20)), b: [20] }, { flapping: true }, {}, 7, Infinity],
        [{ a: Array.from({ length: 100 }, (_, minute) => (minute < 40 && minute % 2 === 1 ? 91 : 20)), b: [20] }, { flapping: true, for: '3m' }, {}, 7, Infinity],
      ],
    },
  ))

const pad = (one: Values, length: number): Values => [...one, ...Array.from({ length: length - one.length }, () => 20)]

it('counts what it saw, says how far it is, and stops when it is told to', async () => {
  const world = { a: [20, 91, undefined, 20], b: [20, 20, 20, 20] }
  const seen: number[] = []
  const result = await backtest(fleetMonitor(), { windows: windows(world, 4, 2), onProgress: (until) => seen.push(until / MINUTE) })
  expect(result).toMatchObject({ from: 0, until: 4 * MINUTE, series: 2, points: 7 })
  expect(told(result.notifications)).toEqual(['1 ops /{rule="fleet.cpu"} first a new critical'.replace(' /', ' main/'), '3 ops main/{rule="fleet.cpu"} allResolved a resolved none'])
  expect(seen).toEqual([2, 4])
  await expect(backtest(fleetMonitor(), { windows: windows(world, 4, 2), signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
})

it('runs several monitors over a past that is read once, each as if it were alone', async () => {
  const world = { a: [20, 91, 91, 20, 70, 70], b: [20, 20, 91, 91, 91, 20] }
  const [calm, strict] = [fleetMonitor({}, { for: '2m' }), fleetMonitor()]
  /** Series that can be gone through once, too. */
  function* once(): Generator<PastWindow> {
    for (const window of windows(world, 6, 3)) yield { ...window, series: [...window.series].values() }
  }
  const past = once()
  const both = await backtestAll([calm, strict], { windows: past })
  const apart = await Promise.all([calm, strict].map((monitor) => backtest(monitor, { windows: windows(world, 6, 3) })))
  expect(both).toEqual(apart)
  expect(told(both[0].notifications)).not.toEqual(told(both[1].notifications))
  expect([...past]).toEqual([])
})

it('expects no point of a series of which nothing more is known', async () => {
  const monitor = fleetMonitor({}, { missing: 'breaching' })
  const window = (knownUntil: number): PastWindow => ({ from: 0, until: 9 * MINUTE, series: [{ rule: 'fleet.cpu', series: seriesOf('a', [20, 20, 20]), knownUntil: knownUntil * MINUTE }] })
  expect((await backtest(monitor, { windows: [window(3)] })).transitions).toEqual([])
  expect((await backtest(monitor, { windows: [window(9)] })).transitions.map(({ kind, at }) => [kind, at / MINUTE])).toContainEqual(['fired', 5])
})
