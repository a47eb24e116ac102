import { describe, expect, it } from 'vitest'
import type { Monitor } from '../config/monitor.ts'
import { aResource, aSeries } from '../testing/builders.ts'
import { fleetMonitor, inboxes } from '../testing/fleet.ts'
import { backtest } from './backtest.ts'
import { differences } from './differences.ts'
import type { PastWindow } from './past-window.ts'
import { type BacktestSummary, summarize } from './summary.ts'

const MINUTE = 60_000
const NOON = Date.parse('2026-01-05T12:00:00Z')

type World = Readonly<Record<string, readonly number[]>>

function windowOf(world: World, start: number): PastWindow {
  const series = Object.entries(world).map(([name, values]) => ({ rule: 'fleet.cpu', series: aSeries([], { resource: aResource({ id: name, name, tags: {} }), timestamps: Float64Array.from(values, (_, minute) => start + minute * MINUTE), values: Float64Array.from(values) }) }))
  return { from: start, until: start + Math.max(...Object.values(world).map(({ length }) => length)) * MINUTE, series }
}

async function summaryOf(monitor: Monitor, world: World, start = NOON): Promise<BacktestSummary> {
  return summarize(await backtest(monitor, { windows: [windowOf(world, start)] }), monitor)
}

const minutes = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : (ms - NOON) / MINUTE)
const many = (value: number, count: number): number[] => Array.from({ length: count }, () => value)

describe('a summary', () => {
  it('makes alerts of transitions: when, how bad, for how long at each level, and who was told', async () => {
    const monitor = fleetMonitor({ notify: inboxes('ops', 'lead'), route: { warning: ['ops'], critical: ['ops', 'lead'] } })
    const { alerts, rules } = await summaryOf(monitor, { a: [20, 70, 70, 91, 95, 70, 20, 20, 91, 91], b: [20, 20, 70, 70, 20, 20, 20, 20, 20, 20] })
    expect(alerts.map(({ subject, level, firedAt, endedAt, amber, red, value, reason, receivers }) => [subject.resource.name, level, minutes(firedAt), minutes(endedAt), amber / MINUTE, red / MINUTE, value, reason, receivers])).toEqual([
      ['a', 'critical', 1, 6, 3, 2, 91, '> 80%', ['ops', 'lead']],
      ['b', 'warning', 2, 4, 2, 0, 70, '> 60%', ['ops']],
      ['a', 'critical', 8, undefined, 0, 2, 91, '> 80%', ['ops', 'lead']],
    ])
    expect(rules).toEqual([
      { rule: 'fleet.cpu', series: 2, red: 2, amber: 1, timeRed: 4 * MINUTE, timeAmber: 5 * MINUTE },
      { rule: 'fleet.disk', series: 0, red: 0, amber: 0, timeRed: 0, timeAmber: 0 },
    ])
  })

  it('says of each alert who was told of it, and not of one before or after', async () => {
    const { alerts } = await summaryOf(fleetMonitor({ groupWait: '5m' }), { a: [91, 91, 20, 20, ...many(91, 10), ...many(20, 10)] })
    expect(alerts.map(({ firedAt, receivers }) => [minutes(firedAt), receivers])).toEqual([[0, []], [4, ['ops']]])
  })

  it('counts messages by receiver, and one page for what several receivers are told at once', async () => {
    const monitor = fleetMonitor({ notify: inboxes('ops', 'lead', 'nobody'), route: { warning: ['ops'], critical: ['ops', 'lead'] }, repeatInterval: '4m' })
    const { receivers, pages, pagesPerWeek } = await summaryOf(monitor, { a: [20, 91, 91, 91, 91, 91, 91, 20], b: [70, 70, 70, 70, 70, 70, 70, 70] })
    expect(receivers).toEqual([
      { receiver: 'ops', messages: 4, red: 2, amber: 2, ended: 0, atNight: 0 },
      { receiver: 'lead', messages: 3, red: 2, amber: 0, ended: 1, atNight: 0 },
      { receiver: 'nobody', messages: 0, red: 0, amber: 0, ended: 0, atNight: 0 },
    ])
    // First at minute 1, again at minute 5: eight minutes are 1/1260 of a week.
    expect([pages, pagesPerWeek]).toEqual([2, 2_520])
  })

  it.each([
    ['UTC', '2026-01-05T21:59:00Z', 0],
    ['UTC', '2026-01-05T22:00:00Z', 1],
    ['UTC', '2026-01-06T06:59:00Z', 1],
    ['UTC', '2026-01-06T07:00:00Z', 0],
    ['Europe/Berlin', '2026-01-05T20:59:00Z', 0],
    ['Europe/Berlin', '2026-01-05T21:00:00Z', 1],
    ['Europe/Berlin', '2026-07-05T20:00:00Z', 1],
    ['America/Los_Angeles', '2026-01-05T22:00:00Z', 0],
    ['America/Los_Angeles', '1970-01-01T02:00:00Z', 0],
    // The same hour in UTC before and after the clocks change.
    ['America/Los_Angeles', '2026-03-08T05:30:00Z', 0],
    ['America/Los_Angeles', '2026-03-09T05:30:00Z', 1],
  ])('counts as night in %s what is told at %s: %d', async (timeZone, at, night) => {
    const { pages, pagesAtNight, receivers } = await summaryOf(fleetMonitor({ timeZone }), { a: [91] }, Date.parse(at))
    expect([pages, pagesAtNight, receivers[0]?.atNight]).toEqual([1, night, night])
  })

  it('says that an alert was not told because it flaps', async () => {
    const values = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? 20 : 70))
    const { alerts } = await summaryOf(fleetMonitor({}, { flapping: true }), { a: values })
    expect(alerts[0]).toMatchObject({ flapping: false, receivers: ['ops'] })
    expect(alerts.at(-1)).toMatchObject({ flapping: true, receivers: [] })
  })
})

describe('differences', () => {
  it('pairs alerts of one series that overlap in time, whatever the monitors are called', async () => {
    const world = { a: [20, 70, 70, 91, 20, 20, 70, 70, 70], b: [...many(91, 3), ...many(20, 6)] }
    const [first, second] = [await summaryOf(fleetMonitor(), world), await summaryOf(fleetMonitor({ name: 'other' }, { for: '1m' }), world)]
    const { onlyFirst, onlySecond, otherLevel } = differences(first.alerts, second.alerts)
    expect(onlyFirst).toEqual([])
    expect(onlySecond).toEqual([])
    expect(otherLevel.map((pair) => [pair.first.subject.resource.name, pair.first.level, pair.second.level])).toEqual([['a', 'critical', 'warning']])
    const slow = await summaryOf(fleetMonitor({}, { for: '2m' }), world)
    expect(differences(slow.alerts, first.alerts).onlySecond.map(({ firedAt }) => minutes(firedAt))).toEqual([])
    const slower = await summaryOf(fleetMonitor({}, { for: '3m' }), world)
    expect(differences(first.alerts, slower.alerts).onlyFirst.map(({ subject, firedAt }) => [subject.resource.name, minutes(firedAt)])).toEqual([['b', 0], ['a', 1], ['a', 6]])
  })

  it('takes an end as half-open, and no end as going on', async () => {
    const summary = await summaryOf(fleetMonitor(), { a: [20, 91, 91, 20, 91] })
    const [early, late] = summary.alerts
    if (early === undefined || late === undefined) throw new Error('there are two')
    expect(differences([early], [{ ...early, firedAt: early.endedAt ?? 0, endedAt: (early.endedAt ?? 0) + 1 }]).onlyFirst).toHaveLength(1)
    expect(differences([{ ...early, firedAt: early.endedAt ?? 0, endedAt: (early.endedAt ?? 0) + 1 }], [early]).onlyFirst).toHaveLength(1)
    expect(differences([late], [{ ...late, firedAt: late.firedAt + 1_000 * MINUTE }]).onlyFirst).toHaveLength(0)
  })
})
