import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineMonitor, type MonitorSpec } from './config/monitor.ts'
import { TocsinError } from './errors.ts'
import type { Notification } from './model/notification.ts'
import type { Series } from './model/series.ts'
import { composeMessage } from './message/compose.ts'
import type { CollectContext } from './plugin/collector.ts'
import { defineCollector } from './plugin/define-collector.ts'
import { defineEvaluator } from './plugin/define-evaluator.ts'
import { defineNotifier } from './plugin/define-notifier.ts'
import { type Delivery, delivered, permanent, retryable } from './plugin/delivery.ts'
import type { Channel } from './plugin/notifier.ts'
import { activeAlerts, run, runOnce, type RunOptions } from './run.ts'
import { memoryStore } from './store/memory-store.ts'
import type { Store } from './store/store.ts'
import { aResource, aSeries } from './testing/builders.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { testServices } from './testing/services.ts'

const MINUTE = 60_000
/** The real one waits in real time, which a fake clock runs away from. */
const { limiter } = testServices()
/** Warning above 60, critical above 80. */
const line = defineEvaluator({
  name: 'line',
  create: () => ({
    evaluate: ({ timestamps, values }) => ({
      judgements: [...values].map((value, index) => ({
        at: timestamps[index] as number,
        value,
        breaches: value > 80 ? ('critical' as const) : value > 60 ? ('warning' as const) : ('none' as const),
        reason: value > 80 ? '> 80%' : '> 60%',
      })),
    }),
  }),
})

type World = (context: CollectContext) => AsyncIterable<Series>
const fleet = defineCollector({
  name: 'fleet',
  options: z.object({ world: z.custom<World>() }),
  metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' } },
  create: ({ world }) => ({ collect: (_wanted, context) => world(context) as AsyncIterable<Series<'cpu'>> }),
})
const reading = (value: number, now: number, name = 'web-1'): Series =>
  aSeries([value], { resource: aResource({ id: name, name }), timestamps: Float64Array.of(now), settledUntil: now + 1 })

let clock: FakeClock
let store: Store
let told: Record<string, Notification[]>
beforeEach(() => {
  clock = new FakeClock()
  store = memoryStore()
  told = {}
})
/** A receiver that keeps what it is told, or answers as it is bid. */
const receiver = (name: string, answer: () => Delivery = delivered) =>
  defineNotifier({
    name: 'inbox',
    create: () => ({
      async send(notification) {
        const result = answer()
        if (result.outcome === 'delivered') (told[name] ??= []).push(notification)
        return result
      },
    }),
  })()
const titles = (name: string) => (told[name] ?? []).map((notification) => composeMessage(notification).title)
const monitorOf = (world: World, spec: Partial<MonitorSpec<Record<string, Channel>>> = {}) =>
  defineMonitor({ watch: [fleet({ world }, { cpu: line() })], notify: { ops: receiver('ops') }, ...spec })

/** One pass a minute over what the world gives, each with the same store. */
async function passes(monitor: ReturnType<typeof monitorOf>, count: number, options: RunOptions = {}) {
  const results = []
  for (let pass = 0; pass < count; pass++) {
    const running = runOnce(monitor, { clock, limiter, store, random: () => 0, ...options })
    await clock.advance(1_000)
    results.push(await running)
    await clock.advance(MINUTE - 1_000)
  }
  return results
}
/** A world that gives these values to web-1, one a cycle. */
const values = (...script: number[]): World => {
  let cycle = 0
  return async function* ({ now }) {
    yield reading(script[Math.min(cycle++, script.length - 1)] as number, now)
  }
}

describe('one alert from end to end', () => {
  it('is told amber, red and the end, each once, across separate passes on one store', async () => {
    await passes(monitorOf(values(50, 70, 70, 90, 90, 50, 50)), 7)
    expect(titles('ops')).toEqual([
      'AMBER web-1 cpu 70% (> 60%) · prod us-west-2',
      'RED web-1 cpu 90% (> 80%) · prod us-west-2',
      'OK web-1 cpu 50% · was RED for 4m · prod us-west-2',
    ])
  })

  it('is told to the group of each level, and to those it leaves', async () => {
    const notify = { amber: receiver('amber'), red: receiver('red') }
    await passes(monitorOf(values(70, 90, 70, 50), { notify, route: { warning: ['amber'], critical: ['red'] } }), 4)
    expect(titles('amber').map((title) => title.split(' · ')[0])).toEqual(['AMBER web-1 cpu 70% (> 60%)', 'RED web-1 cpu 90%', 'AMBER web-1 cpu 70% (> 60%)', 'OK web-1 cpu 50%'])
    expect(titles('red').map((title) => title.split(' · ')[0])).toEqual(['RED web-1 cpu 90% (> 80%)', 'AMBER web-1 cpu 70%'])
  })

  it('is told again after the repeat interval', async () => {
    await passes(monitorOf(values(90), { repeatInterval: '3m' }), 5)
    expect(titles('ops')).toEqual(['RED web-1 cpu 90% (> 80%) · prod us-west-2', 'STILL RED 3m web-1 cpu 90% (> 80%) · prod us-west-2'])
  })

  it('waits as long as the rule says', async () => {
    const watch = [fleet({ world: values(90) }, { cpu: line({ for: '2m' }) })]
    const results = await passes(monitorOf(values(), { watch }), 4)
    expect(results.map(({ observations }) => observations[0]?.phase)).toEqual(['pending', 'pending', 'firing', 'firing'])
    expect(titles('ops')).toEqual(['RED web-1 cpu 90% (> 80% for 2m) · prod us-west-2'])
  })

  it('is grouped with the others of its rule', async () => {
    await passes(monitorOf(async function* ({ now }) {
      for (let index = 1; index <= 14; index++) yield reading(index <= 7 ? 90 : 20, now, `web-${index}`)
    }), 1)
    expect(titles('ops')).toEqual(['RED fleet.cpu 7 of 14 · worst web-1 cpu 90% (> 80%) · prod us-west-2'])
  })

  it('carries labels, summary and runbook of its rule', async () => {
    const watch = [fleet({ world: values(90) }, { cpu: line({ labels: { team: 'web' }, summary: 'Add a node.', runbook: 'https://run.example/cpu' }) })]
    await passes(monitorOf(values(), { watch, labels: { env: 'prod' } }), 1)
    expect(told['ops']?.[0]?.alerts[0]?.subject).toMatchObject({ labels: { team: 'web', env: 'prod', rule: 'fleet.cpu', tag_team: 'web' }, annotations: { summary: 'Add a node.', runbook: 'https://run.example/cpu' } })
  })
})

describe('sources that fail', () => {
  const denied = new TocsinError('E201', 'access denied: cloudwatch:GetMetricData', { fix: 'allow it', permanent: true })
  const down = new TocsinError('E205', 'no answer', { fix: 'wait' })

  it('holds the alerts of a failed scope, says so after three cycles, and goes on with the others', async () => {
    let cycle = 0
    const world: World = async function* ({ now, fail }) {
      cycle++
      yield reading(cycle > 2 ? 20 : 90, now, 'web-1')
      if (cycle === 1 || cycle > 5) yield { ...reading(cycle > 5 ? 20 : 90, now, 'eu-1'), resource: aResource({ id: 'eu-1', name: 'eu-1', region: 'eu-west-1' }) }
      else fail(down, { region: 'eu-west-1' })
    }
    const results = await passes(monitorOf(world), 6)
    expect(results[2]?.alerts.map(({ subject, state }) => [subject.resource.name, state.level, state.health])).toEqual([['eu-1', 'critical', 'error']])
    expect(titles('ops')).toEqual([
      'RED fleet.cpu 2 of 2 · worst eu-1 cpu 90% (> 80%)',
      'RED fleet.cpu 1 of 2 · worst eu-1 cpu 90% (> 80%)',
      'AMBER fleet failures 3 (E205 no answer · wait) · eu-west-1',
      'OK eu-1 cpu 20% · was RED for 5m · prod eu-west-1',
      'OK fleet failures 0 · was AMBER for 2m · eu-west-1',
    ])
  })

  it('holds only the metrics that could not be read', async () => {
    let cycle = 0
    const world: World = async function* ({ now, fail }) {
      if (cycle++ === 0) yield reading(90, now)
      else fail(down, { metrics: ['memory'] })
    }
    const results = await passes(monitorOf(world), 3)
    expect(results.map(({ alerts }) => alerts.filter(({ subject }) => subject.metric === 'cpu').length)).toEqual([1, 1, 0])
  })

  it('says at once what no waiting will mend', async () => {
    await passes(monitorOf(async function* () { throw denied }), 1)
    expect(titles('ops')).toEqual(['RED fleet failures 1 (E201 access denied: cloudwatch:GetMetricData · fleet · allow it)'])
  })

  it('tells everybody when the route would tell nobody', async () => {
    let cycle = 0
    const world: World = async function* () { if (cycle++ < 9) throw down }
    await passes(monitorOf(world, { route: { critical: ['ops'] } }), 3)
    expect(titles('ops')).toHaveLength(1)
  })

  it('leaves a collector behind that ignores its signal', async () => {
    const running = runOnce(monitorOf(() => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }), { collectTimeout: '5s' }), { clock, limiter, store })
    await clock.advance(6_000)
    expect((await running).failures.map(({ error }) => String(error))).toEqual(['E205 fleet took longer than 5 s · fleet · raise "collectTimeout" or watch less per monitor'])
  })

  it('counts an empty region as a finding, not as an alarm, and ends the alerts of what was there', async () => {
    let cycle = 0
    const world: World = async function* ({ now, fail }) {
      if (cycle++ === 0) yield reading(90, now)
      else fail(new TocsinError('E203', 'no instances', { fix: 'change regions?' }), { region: 'us-west-2' })
    }
    await passes(monitorOf(world), 5)
    expect(titles('ops')).toEqual(['RED web-1 cpu 90% (> 80%) · prod us-west-2', 'OK web-1 cpu is gone · was RED for 2m · prod us-west-2'])
  })

  it('refuses malformed series and repeated identities without losing the others', async () => {
    const world: World = async function* ({ now }) {
      yield { ...reading(90, now, 'bad'), values: Float64Array.of(1, 2) }
      yield reading(90, now, 'good')
      yield reading(20, now, 'good')
    }
    const [result] = await passes(monitorOf(world), 1)
    expect(result?.failures.map(({ error }) => error.code)).toEqual(['E401', 'E402'])
    expect(titles('ops')).toEqual(['RED good cpu 90% (> 80%) · prod us-west-2'])
  })

  it('says which evaluator failed', async () => {
    const broken = defineEvaluator({ name: 'broken', create: () => ({ evaluate: () => { throw new Error('division by zero') } }) })
    const [result] = await passes(monitorOf(values(), { watch: [fleet({ world: values(90) }, { cpu: broken() })] }), 1)
    expect(result?.failures.map(({ error }) => `${error.code} ${error.message} ${error.where}`)).toEqual(['E400 division by zero fleet.cpu'])
  })
})

describe('resources and rules that go', () => {
  it('ends an alert after its resource was absent twice, and only then', async () => {
    let cycle = 0
    const world: World = async function* ({ now }) {
      const present = cycle++
      if (present === 0 || present === 2) yield reading(90, now)
    }
    const results = await passes(monitorOf(world), 6)
    expect(results.map(({ alerts }) => alerts.length)).toEqual([1, 1, 1, 1, 0, 0])
    expect(titles('ops').at(-1)).toBe('OK web-1 cpu is gone · was RED for 4m · prod us-west-2')
  })

  it('ends the alerts of a rule that was taken out', async () => {
    await passes(monitorOf(values(90)), 1)
    const other = defineCollector({ name: 'other', metrics: { up: { unit: 'count', worse: 'low', help: '' } }, create: () => ({ async *collect() {} }) })
    await passes(monitorOf(values(), { watch: [other({ up: line() })] }), 1)
    expect(titles('ops').at(-1)).toBe('OK web-1 cpu is no longer watched · was RED for 1m · prod us-west-2')
  })

  it('leaves the alerts of collectors that this run passes over', async () => {
    await passes(monitorOf(values(90)), 1)
    await passes(monitorOf(values(90)), 3, { only: ['nothing'] })
    expect(titles('ops')).toHaveLength(1)
    expect(await activeAlerts(store, 'main')).toHaveLength(1)
  })

  it('says that there is no data, and holds the alert', async () => {
    let cycle = 0
    const world: World = async function* ({ now }) {
      if (cycle++ === 0) yield reading(90, now)
      else yield { ...reading(90, now), timestamps: new Float64Array(), values: new Float64Array() }
    }
    const results = await passes(monitorOf(world), 5)
    expect(results.map(({ alerts }) => alerts[0]?.state.health)).toEqual(['ok', 'ok', 'ok', 'noData', 'noData'])
    expect(results.at(-1)?.alerts[0]?.state.level).toBe('critical')
  })
})

describe('what a restart must not forget', () => {
  /** Counts the points it has judged, in its state. */
  const counting = defineEvaluator({
    name: 'counting',
    create: () => ({
      evaluate: ({ timestamps, values }, { state }) => {
        const seen = z.number().catch(0).parse(state) + values.length
        return { judgements: [...timestamps].map((at, index) => ({ at, value: values[index] ?? NaN, breaches: seen > 8 ? ('critical' as const) : ('none' as const), reason: `${seen} seen` })), state: seen }
      },
    }),
  })

  it('gives an evaluator each point once, though the alert is at rest and windows overlap', async () => {
    const start = clock.now()
    let cycle = 0
    const world: World = async function* ({ now }) {
      const from = cycle++
      yield aSeries([1, 2, 3, 4, 5], { timestamps: Float64Array.from([0, 1, 2, 3, 4], (index) => start - 10 * MINUTE + (from + index) * MINUTE), settledUntil: now })
    }
    const results = await passes(monitorOf(world, { watch: [fleet({ world }, { cpu: counting() })] }), 4)
    expect(results.flatMap(({ alerts }) => alerts)).toEqual([])
    const [state] = await store.transaction((tx) => tx.evaluators.list('main'))
    expect(state?.value).toMatchObject({ state: 8 })
  })

  it('does not live through an old episode again in every pass', async () => {
    const DAY = 86_400_000
    const start = clock.now()
    const world: World = async function* () {
      yield aSeries([90, 10], { period: DAY, timestamps: Float64Array.of(start - 2.5 * DAY, start - 1.5 * DAY), settledUntil: start })
    }
    const results = await passes(monitorOf(world), 3)
    expect(results.map(({ transitions }) => transitions.map(({ kind }) => kind))).toEqual([['fired', 'resolved'], [], []])
    expect(told).toEqual({})
  })

  it('judges a provisional point from what the settled ones before it left', async () => {
    let cycle = 0
    const world: World = async function* ({ now }) {
      if (cycle++ > 0) return
      yield aSeries(Array.from({ length: 9 }, () => 1), { timestamps: Float64Array.from({ length: 9 }, (_, index) => now + (index - 9) * MINUTE), settledUntil: now - MINUTE })
    }
    const [result] = await passes(monitorOf(world, { watch: [fleet({ world }, { cpu: counting() })] }), 1)
    expect(result?.alerts.map(({ state }) => state.phase)).toEqual(['pending'])
  })
})

describe('what is taken out of the configuration', () => {
  const denied = new TocsinError('E201', 'access denied', { fix: 'allow it', permanent: true })
  const quiet = defineCollector({ name: 'quiet', metrics: { up: { unit: 'count', worse: 'low', help: '' } }, create: () => ({ async *collect() {} }) })

  it('ends the alert about a source', async () => {
    await passes(monitorOf(async function* () { throw denied }), 1)
    await passes(monitorOf(values(), { watch: [quiet({ up: line() })] }), 2)
    expect(titles('ops').at(-1)).toMatch(/^OK fleet failures is no longer watched/)
  })

  it('raises no alert about a channel for what was still queued for it', async () => {
    const busy = receiver('busy', () => retryable('503'))
    const running = runOnce(monitorOf(values(90), { notify: { ops: receiver('ops'), busy } }), { clock, limiter, store, random: () => 0 })
    await clock.advance(31_000)
    await running
    told = {}
    await passes(monitorOf(values(90)), 2)
    expect(titles('ops').filter((title) => title.startsWith('RED busy'))).toEqual([])
    expect((await activeAlerts(store, 'main')).map(({ subject }) => subject.resource.name)).toEqual(['web-1'])
  })

  it('ends the alert about a channel', async () => {
    const broken = receiver('broken', () => permanent('404 no_service'))
    await passes(monitorOf(values(90), { notify: { ops: receiver('ops'), broken } }), 1)
    expect(titles('ops').at(-1)).toMatch(/^RED broken failures 1/)
    await passes(monitorOf(values(90)), 2)
    expect(titles('ops').at(-1)).toMatch(/^OK broken failures is no longer watched/)
    expect(await activeAlerts(store, 'main')).toHaveLength(1)
  })

  it('leaves nothing in the store of a rule that is gone', async () => {
    await passes(monitorOf(values(90)), 1)
    await passes(monitorOf(values(), { watch: [quiet({ up: line() })] }), 3)
    expect(await store.transaction((tx) => tx.alerts.list('main'))).toEqual([])
  })
})

describe('single series that are wrong', () => {
  it('do not hold those that are gone', async () => {
    let cycle = 0
    const world: World = async function* ({ now }) {
      if (cycle++ === 0) yield reading(90, now, 'gone')
      yield reading(20, now, 'twice')
      yield reading(20, now, 'twice')
    }
    const results = await passes(monitorOf(world), 3)
    expect(results.at(-1)?.alerts.map(({ subject }) => subject.resource.name).filter((name) => name === 'gone')).toEqual([])
  })
})

describe('channels that fail', () => {
  it('tells the others in the same pass what could not be told for good, and that it works again', async () => {
    let revoked = true
    const ops = receiver('ops', () => (revoked ? permanent('404 no_service') : delivered()))
    const monitor = monitorOf(values(90, 20, 90), { notify: { ops, mail: receiver('mail') } })
    const [first] = await passes(monitor, 1)
    expect(first?.deliveries.map(({ receiver: to, result }) => `${to} ${result.outcome}`)).toContain('ops permanent')
    expect(titles('mail')).toEqual(['RED web-1 cpu 90% (> 80%) · prod us-west-2', 'RED ops failures 1 (E301 404 no_service)'])
    revoked = false
  })

  it('lets a failing channel stop neither the cycle nor the others', async () => {
    const monitor = monitorOf(values(90), { notify: { ops: receiver('ops', () => { throw new Error('no route to host') }), mail: receiver('mail') } })
    const stop = new AbortController()
    const running = run(monitor, { clock, limiter, store, signal: stop.signal, random: () => 0 })
    await clock.advance(10 * MINUTE)
    expect(titles('mail')).toEqual(['RED web-1 cpu 90% (> 80%) · prod us-west-2', expect.stringMatching(/^AMBER ops failures \d+ \(E300 no route to host\)/)])
    stop.abort()
    await clock.advance(5_000)
    await running
  })
})

describe('running', () => {
  it('runs a cycle every interval, passes over missed ones, and stops within five seconds', async () => {
    const times: number[] = []
    const start = clock.now()
    const stop = new AbortController()
    const slow: World = async function* ({ now, clock: c }) {
      times.push((now - start) / MINUTE)
      if (times.length === 2) await c.sleep(2.5 * MINUTE)
      yield reading(20, now)
    }
    const running = run(monitorOf(slow, { collectTimeout: '10m' }), { clock, limiter, store, signal: stop.signal })
    await clock.advance(5 * MINUTE)
    expect(times).toEqual([0, 1, 4, 5])
    stop.abort()
    await clock.advance(5_000)
    await running
  })

  it('commits nothing of a cycle that was cut off', async () => {
    const stop = new AbortController()
    const world: World = async function* ({ now, signal, clock: c }) {
      yield reading(90, now)
      await c.sleep(MINUTE, signal)
      yield reading(90, now, 'web-2')
    }
    const running = run(monitorOf(world), { clock, limiter, store, signal: stop.signal })
    await clock.advance(10)
    stop.abort()
    await clock.advance(5_000)
    await running
    expect(await activeAlerts(store, 'main')).toEqual([])
  })

  it('follows a cron pattern in its zone', async () => {
    clock = new FakeClock('2026-03-29T00:30:00Z')
    const times: string[] = []
    const stop = new AbortController()
    const world: World = async function* ({ now }) {
      times.push(new Date(now).toISOString())
    }
    const running = run(monitorOf(world, { schedule: '0 4 * * *', timeZone: 'Europe/Berlin' }), { clock, limiter, store, signal: stop.signal })
    await clock.advance(26 * 3_600_000)
    stop.abort()
    await clock.advance(5_000)
    await running
    // The first cycle runs at once; then 04:00 in Berlin, which is 02:00 UTC from that night on.
    expect(times).toEqual(['2026-03-29T00:30:00.000Z', '2026-03-29T02:00:00.000Z', '2026-03-30T02:00:00.000Z'])
  })

  it('sends nothing in a dry run, shows what would be sent, and leaves no trace', async () => {
    const [result] = await passes(monitorOf(values(90)), 1, { dryRun: true })
    expect(result?.notifications.map((notification) => composeMessage(notification).title)).toEqual(['RED web-1 cpu 90% (> 80%) · prod us-west-2'])
    expect(told).toEqual({})
    expect(await activeAlerts(store, 'main')).toEqual([])
  })

  it('goes on when a cycle could not be committed, and loses nothing', async () => {
    let full = true
    const content = memoryStore()
    const failing: Store = {
      close: () => content.close(),
      transaction: (work) =>
        content.transaction(async (tx) => {
          const result = await work(tx)
          if (full && (await tx.alerts.list('main')).length > 0) throw new TocsinError('E501', 'no space left', { fix: 'make room' })
          return result
        }),
    }
    const stop = new AbortController()
    const running = run(monitorOf(values(90)), { clock, limiter, store: failing, signal: stop.signal })
    await clock.advance(MINUTE + 10)
    expect(titles('ops')).toEqual([])
    full = false
    await clock.advance(MINUTE)
    expect(titles('ops')).toEqual(['RED web-1 cpu 90% (> 80%) · prod us-west-2'])
    stop.abort()
    await clock.advance(5_000)
    await running
    const events = await content.transaction((tx) => tx.events.list({ monitor: 'main', limit: 9 }))
    expect(events.map(({ kind }) => kind)).toEqual(['fired'])
  })
})
