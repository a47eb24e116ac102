import { beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { defineMonitor, type Monitor, type MonitorSpec } from './config/monitor.ts'
import { ConfigError, TocsinError } from './errors.ts'
import { composeMessage } from './message/compose.ts'
import type { Series } from './model/series.ts'
import type { CollectContext } from './plugin/collector.ts'
import { defineCollector } from './plugin/define-collector.ts'
import { defineEvaluator } from './plugin/define-evaluator.ts'
import { defineNotifier } from './plugin/define-notifier.ts'
import { delivered } from './plugin/delivery.ts'
import type { Channel } from './plugin/notifier.ts'
import { run, type RunOptions } from './run.ts'
import { memoryStore } from './store/memory-store.ts'
import { aResource, aSeries } from './testing/builders.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { testServices } from './testing/services.ts'

const SECOND = 1_000
const line = defineEvaluator({
  name: 'line',
  options: z.object({ critical: z.number() }),
  create: ({ critical }) => ({ evaluate: ({ timestamps, values }) => ({ judgements: [...values].map((value, index) => ({ at: timestamps[index] ?? 0, value, breaches: value > critical ? 'critical' : 'none', reason: `> ${critical}%` })) }) }),
})
const source = defineCollector({
  name: 'fleet',
  options: z.object({ look: z.custom<(context: CollectContext) => Promise<void>>() }),
  metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' } },
  create: ({ look }) => ({
    async *collect(_wanted, context): AsyncIterable<Series<'cpu'>> {
      await look(context)
      yield { ...aSeries([90], { resource: aResource({ id: 'web-1', name: 'web-1' }), timestamps: Float64Array.of(context.now), settledUntil: context.now + 1 }), metric: 'cpu' }
    },
  }),
})

let clock: FakeClock
let start: number
let cycles: string[]
let told: string[]
let pending: PromiseWithResolvers<Monitor>
let asked: number
beforeEach(() => {
  clock = new FakeClock()
  start = clock.now()
  cycles = []
  told = []
  pending = Promise.withResolvers()
  asked = 0
})
const seconds = (): number => (clock.now() - start) / SECOND
const ops = defineNotifier({
  name: 'inbox',
  create: () => ({
    async send(notification) {
      told.push(`${seconds()} ${composeMessage(notification).title}`)
      return delivered()
    },
  }),
})

interface Shape extends Partial<MonitorSpec<Record<string, Channel>>> {
  readonly critical?: number
  readonly look?: (context: CollectContext) => Promise<void>
}
const monitor = (name: string, { critical = 80, look = async () => {}, ...spec }: Shape = {}): Monitor => {
  const noted = async (context: CollectContext): Promise<void> => {
    cycles.push(`${seconds()} ${name}`)
    await look(context)
  }
  return defineMonitor({
    watch: [source({ look: noted }, { cpu: line({ critical, for: '2m' }) })],
    notify: { ops: ops() },
    groupWait: '0s',
    groupInterval: '1s',
    ...spec,
  })
}
/** Gives whatever the test says next. */
const reloads: NonNullable<RunOptions['reloads']> = {
  async next(signal) {
    asked += 1
    const stopped = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }))
    try {
      return await Promise.race([pending.promise, stopped])
    } finally {
      pending = Promise.withResolvers()
    }
  },
}

async function running(first: Monitor, story: () => Promise<void>, over: RunOptions = {}): Promise<void> {
  const stop = new AbortController()
  const { limiter } = testServices()
  const ended = run(first, { clock, store: memoryStore(), random: () => 0, signal: stop.signal, limiter, reloads, ...over })
  await clock.advance(0)
  await story()
  stop.abort()
  await clock.advance(5_000)
  await ended
}

it('takes over between two cycles, cycles at once, and goes on with every clock', async () => {
  const reloaded: string[] = []
  await running(
    monitor('old'),
    async () => {
      await clock.advance(90 * SECOND)
      pending.resolve(monitor('new', { every: '20s' }))
      await clock.advance(45 * SECOND)
    },
    { onReload: ({ every }) => reloaded.push(`${seconds()} every ${every / SECOND}`) },
  )
  expect(cycles).toEqual(['0 old', '60 old', '90 new', '110 new', '130 new'])
  expect(reloaded).toEqual(['90 every 20'])
  // Hot since 0, for two minutes: the take-over has neither begun the clock anew nor held it up.
  expect(told).toEqual(['130 RED web-1 cpu 90% (> 80% for 2m) · prod us-west-2'])
})

it('ends what the old one told by the lines of the new one, and tells nothing twice', async () => {
  await running(monitor('old'), async () => {
    await clock.advance(150 * SECOND)
    pending.resolve(monitor('same'))
    await clock.advance(50 * SECOND)
    pending.resolve(monitor('new', { critical: 95 }))
    await clock.advance(60 * SECOND)
  })
  expect(told.map((line) => line.replace(/ · .*/, ''))).toEqual(['120 RED web-1 cpu 90% (> 80% for 2m)', '201 OK web-1 cpu 90%'])
})

it('lets the cycle under way end first', async () => {
  const slow = Promise.withResolvers<void>()
  const aborted: boolean[] = []
  await running(
    monitor('old', { look: async ({ signal }) => void (await slow.promise, aborted.push(signal.aborted)) }),
    async () => {
      await clock.advance(10 * SECOND)
      pending.resolve(monitor('new'))
      await clock.advance(10 * SECOND)
      expect(cycles).toEqual(['0 old'])
      slow.resolve()
      await clock.advance(SECOND)
    },
  )
  expect(aborted).toEqual([false])
  expect(cycles.map((one) => one.split(' ')[1])).toEqual(['old', 'new'])
})

it('keeps the old one going when the new one is bad, says so through its channels, and says when it is mended', async () => {
  const bad = new ConfigError([new TocsinError('E101', 'unknown metric "cpuu"', { where: 'tocsin.yaml:4:5', fix: 'did you mean "cpu"?' }), new TocsinError('E102', 'x', { fix: 'y' })])
  await running(monitor('old', { critical: 95 }), async () => {
    await clock.advance(30 * SECOND)
    pending.reject(bad)
    await clock.advance(SECOND)
    expect(told).toEqual([expect.stringMatching(/^30 AMBER configuration failures 1 \(E101 unknown metric "cpuu" · tocsin\.yaml:4:5 · did you mean "cpu"\? \(and 1 more\); the configuration before it goes on\)/)])
    pending.resolve(monitor('renamed', { name: 'other' }))
    await clock.advance(60 * SECOND)
    expect(cycles).toEqual(['0 old', '60 old'])
    pending.resolve(monitor('new', { critical: 95 }))
    await clock.advance(2 * SECOND)
  })
  expect(cycles.at(-1)).toBe('91 new')
  expect(told.map((line) => line.replace(/ \(.*/, '')).slice(1)).toEqual([expect.stringMatching(/^92 OK configuration/)])
  expect(asked).toBe(4)
})

it('refuses another name, state, history and log', async () => {
  for (const over of [{ name: 'other' }, { state: 'elsewhere.sqlite' }, { history: { points: '3d' as const, rollups: '30d' as const } }, { log: { level: 'debug' as const } }]) {
    told = []
    await running(monitor('old'), async () => {
      pending.resolve(monitor('new', over))
      await clock.advance(SECOND)
    })
    expect(told).toEqual([expect.stringContaining(`E114 "${Object.keys(over)[0]}" cannot change while the monitor runs`)])
  }
})

it('ends a bad configuration of an earlier process', async () => {
  const store = memoryStore()
  await running(monitor('old'), async () => {
    pending.reject(new Error('no such file'))
    await clock.advance(SECOND)
  }, { store })
  expect(told).toHaveLength(1)
  await running(monitor('again'), async () => clock.advance(SECOND), { store })
  expect(told.at(-1)).toMatch(/OK configuration/)
})
