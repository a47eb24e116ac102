import { expect, it } from 'vitest'
import { z } from 'zod'
import { defineMonitor } from './config/monitor.ts'
import { diagnose } from './diagnose.ts'
import { TocsinError } from './errors.ts'
import type { Series } from './model/series.ts'
import type { Collector, Diagnosis } from './plugin/collector.ts'
import { defineCollector } from './plugin/define-collector.ts'
import { defineEvaluator } from './plugin/define-evaluator.ts'
import { defineNotifier } from './plugin/define-notifier.ts'
import { defineRecorder } from './plugin/define-recorder.ts'
import { type Delivery, delivered, permanent, retryable } from './plugin/delivery.ts'
import type { Notifier } from './plugin/notifier.ts'
import { Secret } from './secret.ts'
import { aSeries } from './testing/builders.ts'
import { FakeClock } from './testing/fake-clock.ts'

const MINUTE = 60_000
const NOON = Date.parse('2026-01-05T12:00:00Z')
const rule = defineEvaluator({ name: 'never', create: () => ({ evaluate: () => ({ judgements: [] }) }) })
const source = (name: string, made: Collector<'cpu'>) => defineCollector({ name, metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' } }, create: () => made })({ cpu: rule() })
const yields = (...series: readonly Series<'cpu'>[]): Collector<'cpu'> => ({
  async *collect() {
    yield* series
  },
})
const says = (...told: readonly Diagnosis[]): Pick<Collector, 'diagnose'> => ({ diagnose: async () => told })
const cpu = (values: readonly number[], over: Partial<Series> = {}): Series<'cpu'> => ({ ...aSeries(values, over), metric: 'cpu' })
const never = (): Promise<Delivery> => Promise.reject(new Error('nobody is to be told'))
const channel = (probe: Notifier['probe'], secret = 'xoxb-1') => defineNotifier({ name: 'made', options: z.object({ token: z.custom<Secret>() }), create: () => ({ send: never, ...(probe === undefined ? {} : { probe }) }) })({ token: new Secret(secret) })
const told = async (monitor: Parameters<typeof defineMonitor>[0], options: Parameters<typeof diagnose>[1] = {}) =>
  (await diagnose(defineMonitor(monitor), { clock: new FakeClock(NOON + 3 * MINUTE), ...options })).map(({ check, of, state, found, fix }) => [check, of, state, found, ...(fix === undefined ? [] : [fix])])

it('tells as whom sources ask once for all, what one of them is refused, and how fresh their points are', async () => {
  const asked: string[] = []
  const refused = new TocsinError('E201', 'access denied: x:Y', { where: 'role/mon', fix: 'allow x:Y' })
  const failing: Collector<'cpu'> = {
    async *collect(_wanted, { fail }) {
      asked.push('collect')
      fail(refused, { region: 'a' })
      fail(refused, { region: 'b' })
      yield* []
    },
    async diagnose() {
      asked.push('diagnose')
      return [{ about: 'credentials', found: 'role/mon in 1' }]
    },
    async close() {
      asked.push('close')
    },
  }
  expect(await told({ watch: [source('one', { ...yields(cpu([1, 2, 3])), ...says({ about: 'credentials', found: 'role/mon in 1' }) }), source('two', failing)], notify: {} })).toEqual([
    ['credentials', 'one, two', 'ok', 'role/mon in 1'],
    ['freshness', 'one', 'ok', '1 series, newest point 1m old'],
    ['source', 'two', 'failed', 'E201 access denied: x:Y', 'allow x:Y'],
  ])
  expect(asked).toEqual(['diagnose', 'collect', 'close'])
})

it('looks at the age of each series by its own period', async () => {
  const ago = (minutes: number, period: number) => cpu([1], { period, timestamps: Float64Array.of(NOON - minutes * MINUTE) })
  const ages = async (...series: readonly Series<'cpu'>[]) => (await told({ watch: [source('one', yields(...series))], notify: {} })).map(([, , state, found]) => `${state} ${found}`)
  expect(await ages(ago(12, MINUTE))).toEqual(['ok 1 series, newest point 15m old'])
  expect(await ages(ago(12.1, MINUTE))).toEqual(['warning 1 series, newest point 15m 6s old, 1 late'])
  expect(await ages(ago(12.1, MINUTE), ago(21, 5 * MINUTE), cpu([]))).toEqual(['warning 3 series, newest point 15m 6s old, 1 late, 1 without a point'])
  expect(await ages(cpu([]))).toEqual(['warning 1 series, 1 without a point'])
  expect(await ages()).toEqual(['warning no series: there is nothing to watch'])
})

it('tells the worst of the clocks', async () => {
  const clock = async (...aheads: readonly number[]) => (await told({ watch: aheads.map((clockAhead, index) => source(`s${index}`, { ...yields(cpu([1])), ...says({ about: 'credentials', found: 'me', clockAhead }) })), notify: {} }))[0]
  const fix = 'set the clock of this machine: let chrony or systemd-timesyncd keep it'
  expect(await clock(100, -59_000)).toEqual(['clock', 'this machine', 'ok', '59.0 s ahead of the clocks of its sources'])
  expect(await clock(61_000, 0)).toEqual(['clock', 'this machine', 'warning', '61.0 s behind the clocks of its sources', fix])
  expect(await clock(5 * MINUTE)).toEqual(['clock', 'this machine', 'failed', "E202 this machine's clock is 300.0 s behind the clocks of its sources", fix])
})

it('tries channels without a message, and keeps their secrets', async () => {
  const broken = defineNotifier({ name: 'broken', check: () => [new TocsinError('E109', 'environment variable X is not set', { fix: 'set it' })], create: () => ({ send: never }) })()
  const clock = new FakeClock(NOON)
  const found = diagnose(
    defineMonitor({
      watch: [],
      notify: { good: channel(async () => delivered('bell in team Example')), gone: channel(async () => permanent('xoxb-1 was revoked')), away: channel(async () => retryable('no route')), thrown: channel(() => Promise.reject(new Error('xoxb-1'))), hung: channel(() => new Promise(() => {})), mute: channel(undefined), broken },
      sendTimeout: '15s',
    }),
    { clock },
  )
  await clock.advance(15_000)
  expect((await found).map(({ of, state, found: what, error }) => [of, state, what, error?.code])).toEqual([
    ['notify.good', 'ok', 'bell in team Example', undefined],
    ['notify.gone', 'failed', 'E301 [secret] was revoked', 'E301'],
    ['notify.away', 'failed', 'E302 no route', 'E302'],
    ['notify.thrown', 'failed', 'E302 [secret]', 'E302'],
    ['notify.hung', 'failed', 'E302 no answer within 15 s', 'E302'],
    ['notify.mute', 'untried', 'not tried: only a message tells', undefined],
    ['notify.broken', 'failed', 'E109 environment variable X is not set', 'E109'],
  ])
})

it('asks nothing that is elsewhere when it is offline, and never a recorder', async () => {
  const away = (): never => {
    throw new Error('asked')
  }
  const tape = defineRecorder({ name: 'tape', options: z.object({ wrong: z.boolean() }), check: ({ wrong }) => (wrong ? [new TocsinError('E700', 'no folder', { fix: 'make it' })] : []), create: away })
  expect(await told({ watch: [source('one', { collect: away, diagnose: away })], notify: { a: channel(away) }, record: { good: tape({ wrong: false }), bad: tape({ wrong: true }) } }, { offline: true })).toEqual([
    ['source', 'one', 'untried', 'not tried: offline'],
    ['channel', 'notify.a', 'untried', 'not tried: offline'],
    ['recorder', 'record.good', 'untried', 'not tried: only a recording tells', 'tocsin run'],
    ['recorder', 'record.bad', 'failed', 'E700 no folder', 'make it'],
  ])
})

it('gives up on a collector that does not end, and on one that cannot be opened', async () => {
  const clock = new FakeClock(NOON)
  const hung = source('hung', {
    async *collect(_wanted, { signal }) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      yield* []
    },
    diagnose: (_wanted, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve([]))),
  })
  const found = diagnose(defineMonitor({ watch: [hung], notify: {}, collectTimeout: '10s' }), { clock })
  await clock.advance(10_000)
  await clock.advance(10_000)
  expect((await found).map(({ found: what }) => what)).toEqual(['E205 hung took longer than 10 s'])
})
