import { describe, expect, it } from 'vitest'
import { metricKey, type MetricQuery } from './metric-query.ts'
import { type Due, pack } from './pack.ts'
import { windowOf } from './window.ts'

const NOW = Date.parse('2026-01-05T12:07:30Z')
const HOUR = 3_600_000

function query(over: Partial<MetricQuery> = {}): MetricQuery {
  return { namespace: 'AWS/EC2', metric: 'CPUUtilization', dimensions: { InstanceId: 'i-1' }, stat: 'Average', period: 60, settle: 120, ...over }
}

function due(over: Partial<MetricQuery> = {}, completeUntil?: number): Due {
  const one = query(over)
  return { metric: metricKey(one), query: one, window: windowOf(one, NOW, completeUntil, 3 * HOUR) }
}

const instances = (count: number, over: Partial<MetricQuery> = {}): Due[] => Array.from({ length: count }, (_, index) => due({ dimensions: { InstanceId: `i-${index}` }, ...over }))

describe('windowOf', () => {
  it('ends with the last whole period and overlaps the one before', () => {
    expect(windowOf(query({ period: 300, settle: 300 }), NOW, undefined, Infinity)).toEqual({ start: Date.parse('2026-01-05T11:35:00Z'), end: Date.parse('2026-01-05T12:05:00Z') })
  })

  it('reaches back to the last complete poll, less the time points take to settle', () => {
    const { start } = windowOf(query(), NOW, Date.parse('2026-01-05T11:20:00Z'), Infinity)
    expect(start).toBe(Date.parse('2026-01-05T11:18:00Z'))
  })

  it('reaches back as far as it may, after a long outage, and as points are kept', () => {
    for (const period of [60, 300]) expect(NOW - windowOf(query({ period }), NOW, NOW - 48 * HOUR, Infinity).start).toBeGreaterThanOrEqual(48 * HOUR)
    expect(NOW - windowOf(query(), NOW, NOW - 48 * HOUR, 5 * HOUR).start).toBeLessThan(5 * HOUR + 60_000)
    expect(NOW - windowOf(query({ period: 10 }), NOW, NOW - 48 * HOUR, Infinity).start).toBeLessThan(3 * HOUR)
    expect(NOW - windowOf(query(), NOW, NOW - 400 * HOUR, Infinity).start).toBeLessThan(15 * 24 * HOUR)
  })

  it('goes as far back as is asked, but never where a period has no points any more', () => {
    const day = 24 * HOUR
    expect(NOW - windowOf(query({ period: 86_400, lookBack: 3 * 86_400 }), NOW, undefined, Infinity).start).toBeGreaterThan(3 * day)
    expect(NOW - windowOf(query({ period: 1, lookBack: 86_400 }), NOW, undefined, Infinity).start).toBeLessThan(3 * HOUR)
    expect(NOW - windowOf(query({ period: 60, lookBack: 90 * 86_400 }), NOW, undefined, Infinity).start).toBeLessThan(15 * day)
    expect(NOW - windowOf(query({ period: 300, lookBack: 90 * 86_400 }), NOW, undefined, Infinity).start).toBeLessThan(63 * day)
  })
})

describe('pack', () => {
  it('puts 500 queries into a call', () => {
    expect(pack(instances(500), NOW).map(({ queries }) => queries.length)).toEqual([500])
    expect(pack(instances(501), NOW).map(({ queries }) => queries.length)).toEqual([500, 1])
    expect(pack([], NOW)).toEqual([])
  })

  it('keeps the statistics of one metric in one call, where they are paid for once', () => {
    const all = ['Average', 'Maximum', 'p99'].flatMap((stat) => instances(200, { stat }))
    const calls = pack(all, NOW)
    expect(calls).toHaveLength(2)
    const homes = new Map<string | undefined, Set<number>>()
    calls.forEach(({ queries }, index) => {
      for (const { query: one } of queries) homes.set(one.dimensions['InstanceId'], (homes.get(one.dimensions['InstanceId']) ?? new Set()).add(index))
    })
    expect(homes.size).toBe(200)
    expect([...homes.values()].every((calls) => calls.size === 1)).toBe(true)
  })

  it('shares a call between periods that divide each other, from a start that is aligned for all', () => {
    const [call, ...others] = pack([...instances(3, { period: 60 }), ...instances(3, { period: 300 })], NOW)
    expect(others).toEqual([])
    expect(call?.start).toBe(Date.parse('2026-01-05T11:35:00Z'))
    expect((call?.start ?? 1) % 300_000).toBe(0)
    expect(call?.end).toBe(Date.parse('2026-01-05T12:07:00Z'))
    expect(call?.queries).toHaveLength(6)
  })

  it('moves the start back to a period of the longest, where a shorter one reaches further back', () => {
    const [call] = pack([due({ period: 60, lookBack: 3_780 }), due({ period: 300 })], NOW)
    expect(call?.start).toBe(Date.parse('2026-01-05T11:00:00Z'))
  })

  it('moves back the start of that call alone: one slow metric does not make all others longer', () => {
    const now = Date.parse('2026-01-05T12:57:30Z')
    const at = (one: Due): Due => ({ ...one, window: windowOf(one.query, now, undefined, Infinity) })
    const calls = pack([...instances(1_500).map(at), at(due({ metric: 'Slow', period: 3_600, lookBack: 3_600 }))], now)
    const slow = calls.filter(({ queries }) => queries.some(({ query: { period } }) => period === 3_600))
    expect([calls.length, slow.length]).toEqual([4, 1])
    expect(slow[0]?.start).toBe(Date.parse('2026-01-05T11:00:00Z'))
    for (const call of calls) {
      if (call !== slow[0]) expect(call.start).toBe(Date.parse('2026-01-05T12:50:00Z'))
      expect(call.points).toBe(call.queries.reduce((sum, { query: { period } }) => sum + Math.ceil((call.end - call.start) / period / 1_000), 0))
    }
  })

  it('counts the points of a call anew when a longer period moves its start', () => {
    const [call, ...others] = pack([due({ lookBack: 7_000 }), due({ metric: 'Slow', period: 3_600, lookBack: 3_600 })], NOW)
    expect(others).toEqual([])
    expect(call?.start).toBe(Date.parse('2026-01-05T10:00:00Z'))
    expect(call?.points).toBe(127 + 3)
  })

  it('packs more metrics than a call of a function can take', () => {
    const many = instances(150_000)
    expect(pack(many, NOW)).toHaveLength(300)
  })

  it('gives periods that do not fit each other calls of their own', () => {
    const calls = pack([due({ period: 180 }), due({ period: 300 }), due({ period: 60 })], NOW)
    expect(calls.map(({ queries }) => queries.map(({ query: { period } }) => period))).toEqual([[180], [300, 60]])
    for (const { start, queries } of calls) for (const { query: { period } } of queries) expect(start % (period * 1_000)).toBe(0)
  })

  it('keeps high resolution and long history apart from the rest', () => {
    const calls = pack([due({ period: 10 }), due(), due({ period: 86_400, lookBack: 3 * 86_400 })], NOW)
    expect(calls).toHaveLength(3)
    const short = calls.find(({ queries }) => queries.some(({ query: one }) => one.period === 10))
    expect(NOW - (short?.start ?? 0)).toBeLessThan(3 * HOUR)
  })

  it('asks first for what is on time, then for what makes up for an outage', () => {
    const calls = pack([due({ dimensions: { InstanceId: 'late' } }, NOW - 5 * HOUR), ...instances(501), due({ metric: 'NetworkIn' }, NOW - 2 * HOUR)], NOW)
    const starts = calls.map(({ start }) => start)
    expect(starts).toEqual(starts.toSorted((a, b) => b - a))
    expect(calls[0]?.queries).not.toContainEqual(expect.objectContaining({ query: expect.objectContaining({ dimensions: { InstanceId: 'late' } }) }))
  })

  it('never asks for more than 100,800 points a call', () => {
    const calls = pack(instances(500, { lookBack: 6 * 3_600 }), NOW)
    expect(calls.length).toBeGreaterThan(1)
    for (const { points, queries, start, end } of calls) {
      expect(points).toBe(queries.length * ((end - start) / 60_000))
      expect(points).toBeLessThanOrEqual(100_800)
    }
    expect(calls.flatMap(({ queries }) => queries)).toHaveLength(500)
  })
})
