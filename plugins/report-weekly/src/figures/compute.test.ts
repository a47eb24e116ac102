import { type MeasuredSeries, USAGE_METRICS, USAGE_TYPE } from '@tocsin/core'
import { startPostgres, WITHOUT_POSTGRES } from '@tocsin/dev-tools'
import { openPostgresStore } from '@tocsin/store-sql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Figures, Row } from '../figures.ts'
import { DAY, HOUR, machine, measured, MINUTE, openWorld, PERIOD, type World } from '../testing/world.ts'
import { compute } from './compute.ts'
import { periodBefore } from './period.ts'

const at = (iso: string): number => Date.parse(iso)
/** Week 13 of 2026 in Berlin: the clocks go forward on its Sunday, so it has 167 hours. */
const WEEK = periodBefore('week', at('2026-03-30T08:00+02:00'), 'Europe/Berlin')
const BEFORE = WEEK.from - 7 * DAY

let world: World
beforeEach(async () => {
  world = await openWorld('2026-03-30T06:00Z')
})
afterEach(() => world.store.close())

const saw = (...series: MeasuredSeries[]): Promise<void> | undefined => world.store.history?.append('main', series)
const figures = (options: Partial<Parameters<typeof compute>[2]> = {}, period = WEEK): Promise<Figures> => compute(period, world.context, { top: 25, ...options })
function rowOf({ rows }: Figures, name: string, metric = 'cpu'): Row {
  const row = rows.find((one) => one.resource.name === name && one.metric === metric)
  if (row === undefined) throw new Error(`no row of ${name}`)
  return row
}

/** What the numbers must be, computed from the points one by one. */
function truth({ series: { timestamps, values } }: MeasuredSeries, { from, until }: { from: number; until: number }) {
  const points = [...values].flatMap((value, index) => {
    const time = timestamps[index] ?? NaN
    return Number.isNaN(value) || time < from || time >= until ? [] : [{ time, value }]
  })
  const sorted = points.map(({ value }) => value).toSorted((a, b) => a - b)
  const [low, high] = [sorted[0] ?? NaN, sorted.at(-1) ?? NaN]
  return {
    count: points.length,
    low,
    lowAt: points.find(({ value }) => value === low)?.time,
    high,
    highAt: points.find(({ value }) => value === high)?.time,
    average: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    p95: sorted[Math.floor(0.95 * (sorted.length - 1))] ?? NaN,
  }
}

/** Goes up and down by the prime 61, so that every hour and day has other numbers. */
const wavy = (step: number) => (_at: number, index: number) => ((index * step) % 61) + 20

describe('a week in which the clocks change', () => {
  const series = measured(machine('web-1'), 'cpu', BEFORE, WEEK.until + DAY, wavy(7))

  it('has the numbers of its points, to the digit, and those of the week before', async () => {
    await saw(series)
    const row = rowOf(await figures(), 'web-1')
    const { count, p95, ...exact } = truth(series, WEEK)
    expect(count).toBe(167 * 12)
    const { p95: shown = NaN, ...values } = row.values ?? {}
    expect(values).toEqual({ ...exact, average: expect.closeTo(exact.average, 9) })
    expect(Math.abs(shown - p95) / p95).toBeLessThanOrEqual(0.01)
    expect(row.coverage).toBe(1)
    const earlier = truth(series, { from: BEFORE, until: WEEK.from })
    expect(row.before).toEqual({ low: earlier.low, high: earlier.high, average: expect.closeTo(earlier.average, 9), p95: expect.closeTo(earlier.p95, 0) })
    expect(row.lines).toEqual({ warning: 60, critical: 80 })
    expect([row.cameAt, row.wentAt]).toEqual([undefined, undefined])
  })

  it('has a course of 167 hours, each with the numbers of its points', async () => {
    await saw(series)
    const { course } = rowOf(await figures(), 'web-1')
    expect(course).toHaveLength(167)
    expect([course[0]?.from, course.at(-1)?.until]).toEqual([WEEK.from, WEEK.until])
    for (const point of course) {
      if (point === undefined) throw new Error('an hour is missing')
      const { low, high, average, count } = truth(series, point)
      expect([point.low, point.high, count]).toEqual([low, high, 12])
      expect(point.average).toBeCloseTo(average, 9)
    }
  })

  it('is the same when its points are packed into rollups', async () => {
    await saw(series)
    const before = await figures()
    await world.store.history?.maintain({ now: WEEK.until + 2 * DAY })
    expect(await figures()).toEqual(before)
  })
})

it('says of gaps, of what came and went, and of what is silent, how it is, and never shows zero', async () => {
  const gap = { from: WEEK.from + DAY, until: WEEK.from + 2 * DAY }
  const came = at('2026-03-25T12:00Z')
  const went = at('2026-03-27T06:00Z')
  await saw(
    measured(machine('web-1'), 'cpu', BEFORE, WEEK.until, () => 40),
    measured(machine('gappy'), 'cpu', BEFORE, WEEK.until, (time) => (time >= gap.from && time < gap.until ? NaN : 50)),
    measured(machine('new'), 'cpu', came, WEEK.until, () => 30),
    measured(machine('gone'), 'cpu', BEFORE, went, () => 30),
    measured(machine('mute'), 'cpu', BEFORE, BEFORE + DAY, () => 30),
    measured(machine('long-gone'), 'cpu', BEFORE, BEFORE + DAY, () => 30),
    measured(machine('to-come'), 'cpu', WEEK.until, WEEK.until + HOUR, () => 30),
  )
  await world.store.history?.markGone('main', [machine('gone')], went)
  await world.store.history?.markGone('main', [machine('long-gone')], BEFORE + DAY)
  await world.stands('never', 'none')
  const found = await figures()
  expect(found.rows.map(({ resource }) => resource.name)).toEqual(['gappy', 'gone', 'mute', 'never', 'new', 'web-1'])
  expect(rowOf(found, 'gappy').coverage).toBe((2004 - 288) / 2004)
  expect(rowOf(found, 'gappy').course.filter((point) => point === undefined)).toHaveLength(24)
  expect(rowOf(found, 'gappy').values?.average).toBe(50)
  expect(rowOf(found, 'new')).toMatchObject({ cameAt: came, coverage: 1, values: { low: 30 } })
  expect(rowOf(found, 'new').before).toBeUndefined()
  expect(rowOf(found, 'gone')).toMatchObject({ wentAt: went, coverage: 1 })
  expect(rowOf(found, 'mute')).toMatchObject({ coverage: 0 })
  expect(rowOf(found, 'mute').values).toBeUndefined()
  expect(rowOf(found, 'never').values).toBeUndefined()
  expect(rowOf(found, 'never').coverage).toBeUndefined()
  expect(found.coverage).toMatchObject({ watched: 4, expected: 6 })
  expect(found.coverage.silent.map(({ name }) => name)).toEqual(['mute', 'never'])
  expect(found.coverage.gaps.map(({ resource, coverage }) => [resource.name, coverage])).toEqual([['gappy', 1716 / 2004]])
})

it('names a metric without a single point, though another one of its resource was seen', async () => {
  await saw(measured(machine('half'), 'cpu', BEFORE, WEEK.until, () => 40), measured(machine('half'), 'free', BEFORE, BEFORE + DAY, () => 5e10))
  const { coverage } = await figures()
  expect(coverage).toMatchObject({ watched: 1, expected: 1, silent: [] })
  expect(coverage.gaps.map(({ resource, metric, coverage: present }) => [resource.name, metric, present])).toEqual([['half', 'free', 0]])
})

it('is a report although the week is empty', async () => {
  const found = await figures()
  expect(found).toMatchObject({ rows: [], coverage: { watched: 0, expected: 0, silent: [], gaps: [] }, counts: { now: { red: 0, amber: 0 } }, noise: [], failures: [], response: { now: { acknowledged: 0, resolved: 0 } } })
  expect([found.counts.before, found.response.before, found.cost, found.response.now.toAcknowledge]).toEqual([undefined, undefined, undefined, undefined])
  expect(found.channels).toEqual([{ receiver: 'mail', delivered: 0, failed: 0 }, { receiver: 'ops', delivered: 0, failed: 0 }])
})

describe('levels', () => {
  beforeEach(() => saw(...['a', 'b', 'c', 'd'].map((name) => measured(machine(name), 'cpu', BEFORE, WEEK.until, () => 40))))

  it('are counted by the minute, from the beginning of the week where they lasted then, and through it where nothing happened', async () => {
    await world.happened('a', [[WEEK.from - 3 * HOUR, 'fired', 'none', 'critical'], [WEEK.from + 90 * MINUTE, 'deescalated', 'critical', 'warning'], [WEEK.from + 2 * HOUR, 'resolved', 'warning', 'none']])
    await world.happened('b', [[WEEK.from + DAY, 'fired', 'none', 'warning'], [WEEK.from + DAY + HOUR, 'escalated', 'warning', 'critical'], [WEEK.until + HOUR, 'resolved', 'critical', 'none']])
    await world.stands('c', 'warning')
    await world.happened('d', [[WEEK.until + MINUTE, 'fired', 'none', 'critical']])
    await world.stands('d', 'critical')
    const found = await figures()
    expect(found.rows.map(({ resource, worst, level, minutes, fired }) => [resource.name, worst, level, minutes.amber, minutes.red, fired])).toEqual([
      ['b', 'critical', 'none', 60, 167 * 60 - 25 * 60, 2],
      ['a', 'critical', 'none', 30, 90, 0],
      ['c', 'warning', 'warning', 167 * 60, 0, 0],
      ['d', 'none', 'critical', 0, 0, 0],
    ])
    expect(found.counts).toEqual({ now: { red: 2, amber: 1 }, before: { red: 1, amber: 1 } })
  })

  it('of the week before count what has gone since', async () => {
    await saw(measured(machine('gone'), 'cpu', BEFORE, BEFORE + 2 * DAY, () => 90))
    await world.store.history?.markGone('main', [machine('gone')], BEFORE + 2 * DAY)
    await world.happened('gone', [[BEFORE + DAY, 'fired', 'none', 'critical'], [BEFORE + 2 * DAY, 'resolved', 'critical', 'none']])
    expect((await figures()).counts).toEqual({ now: { red: 0, amber: 0 }, before: { red: 1, amber: 0 } })
  })

  it('count a resource once, by the worst of its series', async () => {
    await saw(measured(machine('a'), 'free', BEFORE, WEEK.until, () => 5e9))
    await world.stands('a', 'warning')
    await world.stands('a', 'critical', 'free')
    expect((await figures()).counts.now).toEqual({ red: 1, amber: 0 })
  })
})

it('knows how soon people took alerts on and how soon they ended, in this week and the one before', async () => {
  await saw(measured(machine('a'), 'cpu', BEFORE, WEEK.until, () => 40))
  const episode = (id: string, start: number, ack: number | undefined, end: number): Promise<void> =>
    world.happened('a', [[start, 'fired', 'none', 'critical', id], ...(ack === undefined ? [] : [[start + ack, 'acknowledged', 'critical', 'critical', id] as const, [start + ack + MINUTE, 'acknowledged', 'critical', 'critical', id] as const]), [start + end, 'resolved', 'critical', 'none', id]])
  await episode('e1', WEEK.from - DAY, 2 * MINUTE, 10 * MINUTE)
  await episode('e2', WEEK.from - 10 * MINUTE, 20 * MINUTE, 30 * MINUTE)
  await episode('e3', WEEK.from + DAY, 4 * MINUTE, 60 * MINUTE)
  await episode('e4', WEEK.from + 2 * DAY, undefined, 100 * MINUTE)
  const { response } = await figures()
  expect(response).toEqual({
    now: { acknowledged: 2, resolved: 3, toAcknowledge: 12 * MINUTE, toResolve: 60 * MINUTE },
    before: { acknowledged: 1, resolved: 1, toAcknowledge: 2 * MINUTE, toResolve: 10 * MINUTE },
  })
})

it.each([
  ['week', WEEK, 30 * DAY],
  ['day', periodBefore('day', WEEK.until, 'Europe/Berlin'), 9 * DAY],
  ['hour', periodBefore('hour', WEEK.until, 'Europe/Berlin'), 5 * HOUR],
] as const)('knows how long an alert lasted that began long before the %s in which it ended', async (_kind, period, long) => {
  await saw(measured(machine('a'), 'cpu', BEFORE, WEEK.until, () => 40))
  const start = period.from + MINUTE - long
  await world.happened('a', [[start, 'fired', 'none', 'critical'], [period.from + MINUTE, 'acknowledged', 'critical', 'critical'], [period.from + 2 * MINUTE, 'resolved', 'critical', 'none']])
  expect((await figures({}, period)).response.now).toEqual({ acknowledged: 1, resolved: 1, toAcknowledge: long, toResolve: long + MINUTE })
})

it('suggests, for a rule that fires often and that nobody acts upon, the line that would have fired once', async () => {
  const peaks = [82, 84, 86, 88, 90, 97]
  const valueAt = (time: number): number => {
    const hour = Math.floor((time - WEEK.from) / HOUR)
    return hour >= 0 && hour % 24 === 5 ? (peaks[Math.floor(hour / 24)] ?? 40) : 40
  }
  await saw(measured(machine('a'), 'cpu', BEFORE, WEEK.until, valueAt), measured(machine('b'), 'cpu', BEFORE, WEEK.until, () => 99))
  for (const day of peaks.keys()) {
    const start = WEEK.from + day * DAY + 5 * HOUR
    await world.happened('a', [[start, 'fired', 'none', 'critical', `e${day}`], [start + HOUR, 'resolved', 'critical', 'none', `e${day}`]])
  }
  expect((await figures()).noise).toEqual([{ rule: 'ec2.cpu', level: 'critical', fired: 6, ignored: 6, suggestion: { from: 80, to: 90, unit: 'percent', fires: 1 } }])
  await world.happened('a', [1, 2].map((day) => [WEEK.from + day * DAY + 6 * HOUR, 'acknowledged', 'critical', 'critical', `e${day}`]))
  expect((await figures()).noise).toEqual([])
})

it('knows what came of the attempts to send, and what calls cost', async () => {
  const usage = (metric: string, value: number): MeasuredSeries => ({ unit: 'count', series: { resource: { id: 'tocsin.usage:ec2', type: USAGE_TYPE, name: 'ec2', tags: {} }, metric, period: PERIOD, timestamps: Float64Array.from({ length: 24 * 12 }, (_, index) => WEEK.from + 6 * DAY + index * PERIOD), values: new Float64Array(24 * 12).fill(value) } })
  await saw(...USAGE_METRICS.map((metric, index) => usage(metric, [2, 500, 0.005][index] ?? 0)))
  await world.store.transaction(async (tx) => {
    for (const [id, queuedAt] of [['1', WEEK.from + HOUR], ['2', WEEK.from + 2 * HOUR], ['3', WEEK.from - HOUR]] as const) {
      const report = { name: 'weekly', dueAt: 0, period: { from: 0, until: 1, name: 'Week 1' } }
      await tx.outbox.enqueue({ id, monitor: 'main', receiver: 'ops', key: id, queuedAt, report })
      await tx.outbox.claim({ monitor: 'main', receiver: 'ops', now: queuedAt, leaseUntil: queuedAt + 1, limit: 1 })
      await tx.outbox.settle(id, 1, id === '2' ? { status: 'dead', at: queuedAt, outcome: 'permanent', error: '404 no_service' } : { status: 'delivered', at: queuedAt })
    }
  })
  const found = await figures()
  expect(found.rows).toEqual([])
  expect(found.channels).toEqual([{ receiver: 'mail', delivered: 0, failed: 0 }, { receiver: 'ops', delivered: 1, failed: 1, reason: '404 no_service' }])
  expect(found.cost).toEqual({ calls: 552, billedMetrics: 138_000, usd: expect.closeTo(1.38, 9), usdPerMonth: expect.closeTo((1.38 / 23) * 720, 6) })
})

it('counts a message once, however often it was tried, and as failed only if it never got through', async () => {
  await world.store.transaction(async (tx) => {
    const send = async (id: string, outcomes: readonly ('delivered' | 'queued' | 'dead')[]): Promise<void> => {
      const start = WEEK.from + HOUR
      await tx.outbox.enqueue({ id, monitor: 'main', receiver: 'ops', key: id, queuedAt: start, report: { name: 'weekly', dueAt: 0, period: { from: 0, until: 1, name: 'Week 1' } } })
      for (const [index, status] of outcomes.entries()) {
        const at = start + index * MINUTE
        await tx.outbox.claim({ monitor: 'main', receiver: 'ops', now: at, leaseUntil: at + 1, limit: 1 })
        await tx.outbox.settle(id, index + 1, status === 'delivered' ? { status, at } : status === 'queued' ? { status, at, dueAt: at + MINUTE, error: '503 busy' } : { status, at, outcome: 'permanent', error: '404 no_service' })
      }
    }
    await send('1', ['queued', 'queued', 'delivered'])
    await send('2', ['queued', 'queued', 'dead'])
  })
  expect((await figures()).channels[1]).toEqual({ receiver: 'ops', delivered: 1, failed: 1, reason: '404 no_service' })
})

it('says which sources could not be read, why and for how long', async () => {
  await world.stands('ec2', 'none', 'cpu', { rule: 'tocsin.source', resource: { id: 'source:ec2/prod', type: 'source', name: 'ec2', account: 'prod', tags: {} } })
  await world.happened('ec2', [[WEEK.from + DAY, 'fired', 'none', 'critical'], [WEEK.from + DAY + 2 * HOUR, 'resolved', 'critical', 'none']])
  const { failures, rows } = await figures()
  expect(failures).toEqual([{ source: 'ec2 prod', reason: '> 80%', minutes: 120 }])
  expect(rows).toEqual([])
})

it('reports what has the labels that a group of readers asked for, and that only', async () => {
  await saw(measured(machine('a', { team: 'web' }), 'cpu', BEFORE, WEEK.until, () => 40), measured(machine('b', { team: 'db' }), 'cpu', BEFORE, WEEK.until, () => 40), measured(machine('a', { team: 'web' }), 'free', BEFORE, WEEK.until, () => 1e12))
  const names = async (match: Record<string, string>): Promise<string[]> => (await figures({ match })).rows.map(({ resource, metric }) => `${resource.name} ${metric}`)
  expect(await names({ tag_team: 'web' })).toEqual(['a cpu', 'a free'])
  expect(await names({ tag_team: 'web', rule: 'ec2.free' })).toEqual(['a free'])
  expect(await names({ name: 'b', region: 'eu-central-1' })).toEqual(['b cpu'])
  expect(await names({ tag_team: 'nobody' })).toEqual([])
})

it('computes courses for the worst rows only', async () => {
  await saw(...['a', 'b', 'c'].map((name) => measured(machine(name), 'cpu', BEFORE, WEEK.until, () => 40)))
  await world.stands('c', 'critical')
  const { rows } = await figures({ top: 1 })
  expect(rows.map(({ resource, course, before }) => [resource.name, course.length, before === undefined])).toEqual([['c', 167, false], ['a', 0, true], ['b', 0, true]])
})

it.skipIf(WITHOUT_POSTGRES)('has the same figures on PostgreSQL', { timeout: 60_000 }, async () => {
  const server = await startPostgres()
  const other = await openWorld('2026-03-30T06:00Z', await openPostgresStore(await server.emptyDatabase()))
  try {
    const made = await Promise.all(
      [world, other].map(async (one) => {
        await one.store.history?.append('main', [measured(machine('web-1'), 'cpu', BEFORE, WEEK.until, wavy(7)), measured(machine('web-2'), 'free', BEFORE, WEEK.until - DAY, wavy(11))])
        await one.happened('web-1', [[WEEK.from + DAY, 'fired', 'none', 'critical'], [WEEK.from + DAY + HOUR, 'resolved', 'critical', 'none']])
        await one.stands('web-2', 'warning', 'free')
        return compute(WEEK, one.context, { top: 25 })
      }),
    )
    expect(made[1]).toEqual(made[0])
    expect(made[0]?.rows).toHaveLength(2)
  } finally {
    await other.store.close()
    await server.stop()
  }
})
