import { type Judgement, type Metric, rank, type Series } from '@tocsin/core'
import { evaluatorContract } from '@tocsin/core/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anomaly } from './anomaly.ts'
import { type AnomalyOptions, METHODS } from './options.ts'
import { anomalyScorer, scoreOf } from './scorer.ts'
import { chance, DAY, everyFiveMinutes, HOUR, MINUTE, MONDAY, noise, officeDays, PERCENT } from './testing/days.ts'

const next = noise(7)
/** Two days around 40, and the same with a spike of one point in the night after them. */
const quiet = Array.from({ length: 600 }, () => 40 + next())
const spiky = quiet.map((one, index) => (index === 590 ? one + 50 : one))
for (const method of METHODS) evaluatorContract(`anomaly by ${method}`, { rule: () => anomaly({ method }), values: spiky })

function run(options: AnomalyOptions, series: Series, state?: unknown, metric: Metric & { name: string } = PERCENT): { judgements: Judgement[]; state: unknown } {
  const evaluation = anomaly(options).evaluator.evaluate(series, { metric, state })
  return { judgements: [...evaluation.judgements], state: evaluation.state }
}
const judge = (options: AnomalyOptions, values: readonly number[]): Judgement[] => run(options, everyFiveMinutes(values)).judgements
const part = (series: Series, from: number, to?: number): Series => ({ ...series, timestamps: series.timestamps.slice(from, to), values: series.values.slice(from, to) })
const read = ({ at, value, breaches, clears, expected, reason }: Judgement): object => ({ at, value, breaches, clears, expected, reason })
const breaches = (judgements: readonly Judgement[]): Judgement[] => judgements.filter((one) => one.breaches !== 'none')

describe.each(METHODS)('%s', (method) => {
  // Values of any kind in any order of time: what follows must hold for all of them.
  const value = fc.oneof(
    { weight: 8, arbitrary: fc.double({ min: -50, max: 50, noNaN: true }) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, 0, -0, 1e300, -1e300, 5e-324, 1e9) },
  )
  const step = fc.oneof({ weight: 8, arbitrary: fc.constant(5 * MINUTE) }, { weight: 1, arbitrary: fc.integer({ min: -2 * DAY, max: 2 * DAY }) })
  const points = fc.array(fc.tuple(step, value), { minLength: 20, maxLength: 120 })
  const settings = fc.record({ minHistory: fc.integer({ min: 10, max: 30 }), refractory: fc.integer({ min: 0, max: 20 }), direction: fc.constantFrom('both', 'high', 'low') }) satisfies fc.Arbitrary<AnomalyOptions>
  const seriesOf = (some: readonly (readonly [number, number])[]): Series => {
    let at = MONDAY
    const timestamps = Float64Array.from(some, ([step]) => (at += step))
    return { ...everyFiveMinutes([]), timestamps, values: Float64Array.from(some, ([, one]) => one) }
  }
  const scores = (series: Series, options: AnomalyOptions = {}): number[] => {
    const score = anomalyScorer({ method, ...options })
    return Array.from(series.values, (one, index) => score(series.timestamps[index] ?? NaN, one))
  }

  it('scores a prefix of a series as it scores the whole', () => {
    fc.assert(
      fc.property(points, settings, fc.nat(120), (some, options, length) => {
        const whole = seriesOf(some)
        expect(scores(part(whole, 0, length), options)).toEqual(scores(whole, options).slice(0, length))
      }),
    )
  })

  it('goes on after a restart bit for bit, wherever it was cut', () => {
    fc.assert(
      fc.property(points, settings, fc.nat(120), (some, options, cut) => {
        const whole = seriesOf(some)
        const first = run({ method, ...options }, part(whole, 0, cut))
        const second = run({ method, ...options }, part(whole, cut), JSON.parse(JSON.stringify(first.state)))
        const all = run({ method, ...options }, whole)
        expect([...first.judgements, ...second.judgements].map(read)).toEqual(all.judgements.map(read))
        expect(second.state).toEqual(all.state)
      }),
    )
  })

  it('scores as its scorer does where a rule scores', () => {
    const options = { method, minHistory: 10, direction: 'high', zone: 'Europe/Berlin' } as const
    const score = anomaly(options).evaluator.scorer?.(PERCENT)
    const series = everyFiveMinutes(spiky)
    expect(Array.from(series.values, (one, index) => score?.(series.timestamps[index] ?? NaN, one))).toEqual(scores(series, options))
  })

  it('gives every point a score from 0 to 1, which breaches exactly where the judgement does', () => {
    fc.assert(
      fc.property(points, settings, fc.double({ min: 0.5, max: 20, noNaN: true }), (some, options, warning) => {
        const series = seriesOf(some)
        const all = scores(series, options)
        for (const one of all) expect(one >= 0 && one <= 1).toBe(true)
        const hot = all.filter((_, index) => !Number.isNaN(series.values[index])).map((one) => one >= scoreOf(warning))
        expect(hot).toEqual(run({ method, ...options, sigmas: { warning } }, series).judgements.map((one) => one.breaches === 'warning'))
        for (const { breaches, clears = 'none' } of run({ method, ...options, sigmas: warning }, series).judgements) expect(clears === 'none' || rank(clears) > rank(breaches)).toBe(true)
      }),
    )
  })

  it('does not mind the unit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2_000, max: 2_000 }), { minLength: 30, maxLength: 150 }), fc.integer({ min: -10, max: 10 }), (values, power) => {
        const scaled = scores(everyFiveMinutes(values.map((one) => one * 2 ** power)), { minHistory: 10 })
        for (const [index, one] of scores(everyFiveMinutes(values), { minHistory: 10 }).entries()) expect(scaled[index]).toBeCloseTo(one, 4)
      }),
    )
  })

  it('scores the same in another unit, to the last digit', () => {
    const week = officeDays(7).map((one, index) => (index % 250 === 249 ? one * 3 : one))
    const all = scores(everyFiveMinutes(week))
    for (const unit of [0.001, 0.37, 1_024, 3_600]) expect(scores(everyFiveMinutes(week.map((one) => one * unit)))).toEqual(all)
  })

  it('does not change the state it was given', () => {
    const { state } = run({ method }, everyFiveMinutes(spiky))
    const before = structuredClone(state)
    const twice = [1, 2].map(() => run({ method }, everyFiveMinutes([90, 95]), state))
    expect(state).toEqual(before)
    expect(twice[0]?.judgements.map(read)).toEqual(twice[1]?.judgements.map(read))
  })

  it('keeps at most 10,000 bytes of a series, however long it is', () => {
    const random = chance(3)
    const values = Array.from({ length: 40_000 }, (_, index) => (random() - 0.3) * 10 ** (index % 17))
    expect(JSON.stringify(run({ method }, everyFiveMinutes(values)).state).length).toBeLessThanOrEqual(10_000)
  })

  it('says nothing while it learns, and nothing of a series that never moves', () => {
    const learning = judge({ method, minHistory: 50 }, [...Array.from({ length: 49 }, (_, index) => index ** 3), 1e6, 1])
    expect(breaches(learning.slice(0, 50))).toEqual([])
    expect(learning[0]).toMatchObject({ clears: 'warning', reason: 'learning what is normal: 0 of 50 points' })
    expect(learning[49]).toMatchObject({ reason: 'learning what is normal: 49 of 50 points' })
    expect('expected' in (learning[49] ?? {})).toBe(false)
    for (const constant of [0, 37.5, -2]) expect(breaches(judge({ method, sigmas: 0.1 }, Array.from({ length: 500 }, () => constant)))).toEqual([])
  })

  it('finds the first movement of a series that never moved finite', () => {
    const [, moved] = judge({ method }, [...Array.from({ length: 500 }, () => 0), 5]).slice(-2)
    expect(moved).toMatchObject({ breaches: 'critical' })
    expect(moved?.expected).toEqual([0, expect.closeTo(0, 1)])
    expect(moved?.reason).toMatch(/; 1,000 sigmas above/)
  })

  it('is quiet on plain noise', () => {
    const next = noise(11)
    const found = breaches(judge({ method }, Array.from({ length: 4_032 }, () => 50 + 5 * next())))
    expect(found.length).toBeLessThanOrEqual(2)
  })

  it('adapts to a lasting change', () => {
    const next = noise(5)
    const judged = judge({ method }, [...Array.from({ length: 2_000 }, () => 30 + next()), ...Array.from({ length: 2_000 }, () => 60 + next())])
    expect(breaches(judged.slice(2_000, 2_003)).length).toBeGreaterThan(0)
    const after = judged.slice(3_500)
    expect(breaches(after)).toEqual([])
    expect(after.every(({ clears }) => clears === 'warning')).toBe(true)
  })

  it('compares infinity and does not learn it', () => {
    const [high, low, normal] = judge({ method, refractory: 0 }, [...quiet, Infinity, -Infinity, 40]).slice(-3)
    expect(high).toMatchObject({ breaches: 'critical', clears: 'none' })
    expect(high?.reason).toMatch(/infinitely far above$/)
    expect(low).toMatchObject({ breaches: 'critical' })
    expect(low?.reason).toContain('infinitely far below')
    expect(normal).toMatchObject({ breaches: 'none', clears: 'warning' })
    expect(high?.expected?.[1]).toBeCloseTo(normal?.expected?.[1] ?? NaN, 0)
  })

  it('looks to the side it is told to', () => {
    const values = [...quiet, 90, 40, 41, 40, 39, 40, -10]
    const sides = (direction: 'both' | 'high' | 'low'): string[] => breaches(judge({ method, direction, refractory: 0 }, values).slice(600)).map(({ value }) => (value > 40 ? 'above' : 'below'))
    expect(sides('both')).toEqual(['above', 'below'])
    expect(sides('high')).toEqual(['above'])
    expect(sides('low')).toEqual(['below'])
  })

  it('starts one alert for a burst, and another for a stronger point', () => {
    const burst = (refractory: number, ...values: readonly number[]): number[] => breaches(judge({ method, refractory }, [...quiet, ...values]).slice(600)).map(({ value }) => value)
    expect(burst(100, 60, 59, 58, 57, 40, 40, 55)).toEqual([60])
    expect(burst(0, 60, 59, 58, 57, 40, 40, 55).length).toBeGreaterThan(2)
    expect(burst(100, 45.5, 40, 40, 70)).toEqual([45.5, 70])
    expect(burst(100, 60, ...quiet.slice(0, 99), 60)).toEqual([60])
    expect(burst(100, 60, ...quiet.slice(0, 100), 60)).toEqual([60, 60])
  })
})

describe('stddev', () => {
  const next = noise(2)
  const around = (middle: number, spread: number, length: number): number[] => Array.from({ length }, () => middle + spread * next())
  const departs = (values: readonly number[]): string => judge({ method: 'stddev' }, values).at(-1)?.reason.split('; ')[1] ?? 'usual'

  it('is not surprised by what is usual lately', () => {
    expect(departs([...around(40, 1, 3_000), 60])).toMatch(/sigmas above$/)
    expect(departs([...around(40, 1, 3_000), ...around(40, 10, 200), 60])).toBe('usual')
  })

  it('is not surprised by what was usual for long', () => {
    expect(departs([...around(40, 1, 300), 60])).toMatch(/sigmas above$/)
    expect(departs([...around(40, 10, 2_000), ...around(40, 1, 300), 60])).toBe('usual')
  })

  it('is not surprised by what lies between lately and for long', () => {
    expect(departs([...around(40, 1, 3_000), ...around(80, 1, 200), 70])).toBe('usual')
  })
})

describe('a judgement', () => {
  const days = officeDays(14)
  const night = [...days, ...officeDays(1).slice(0, 24)]

  it('names what is usual at the hour, and how far off the point is', () => {
    const judged = judge({ method: 'seasonal' }, [...night, 45, 20])
    const [before, busy, after] = judged.slice(-3)
    expect(before).toMatchObject({ breaches: 'none', clears: 'warning' })
    expect(before?.reason).toMatch(/^normally 1\d(\.\d)?% to 2\d(\.\d)?% at this hour$/)
    expect(busy).toMatchObject({ value: 45, breaches: 'critical', clears: 'none' })
    expect(busy?.reason).toMatch(/^normally 1\d(\.\d)?% to 2\d(\.\d)?% at this hour; \d\d sigmas above$/)
    expect(after).toMatchObject({ breaches: 'none', clears: 'warning' })
    // 45 is what every office hour has. On the first day nobody knew.
    expect(breaches(judged.slice(288))).toEqual([busy])
  })

  it('names neither hours nor what is usual at them by stddev', () => {
    expect(judge({ method: 'stddev' }, spiky)[590]?.reason).toMatch(/^normally \d\d(\.\d)?% to \d\d(\.\d)?%; \d\d sigmas above$/)
  })

  it('says of what there was nothing like it', () => {
    const last = (...values: readonly number[]): string | undefined => judge({ refractory: 0 }, [...night, ...values]).at(-1)?.reason
    expect(last(95)).toMatch(/^normally .* at this hour; \d\d sigmas above; no value like it among 4,056 points$/)
    expect(last(44, 44, 44)).toMatch(/; no drift as far among 4,058 points$/)
    expect(last(30, 30, 30)).toMatch(/; only one drift as far among 4,058 points$/)
    expect(last(95, 95)).toMatch(/; only one (value like it|departure as large) among 4,057 points$/)
  })

  it('keeps the range above zero where nothing was ever below', () => {
    const next = chance(4)
    const few = Array.from({ length: 400 }, () => (next() < 0.1 ? 3 : 0))
    for (const method of METHODS) {
      expect(judge({ method }, few).at(-1)?.expected?.[0]).toBe(0)
      expect(judge({ method }, [-1, ...few]).at(-1)?.expected?.[0]).toBeLessThan(0)
    }
  })

  it('has two levels of one alert', () => {
    const levels = (sigmas: AnomalyOptions['sigmas'], value: number): string => judge({ method: 'stddev', ...(sigmas !== undefined && { sigmas }) }, [...quiet, value]).at(-1)?.breaches ?? ''
    expect([42, 45.7, 60].map((value) => levels(undefined, value))).toEqual(['none', 'warning', 'critical'])
    expect([42, 45.7, 51, 54].map((value) => levels(8, value))).toEqual(['none', 'none', 'warning', 'critical'])
    expect([42, 46, 60].map((value) => levels({ critical: 5 }, value))).toEqual(['none', 'critical', 'critical'])
    expect([42, 46, 60].map((value) => levels({ warning: 5 }, value))).toEqual(['none', 'warning', 'warning'])
    expect([42, 46, 60].map((value) => levels({ warning: 5, critical: 1_000 }, value))).toEqual(['none', 'warning', 'warning'])
  })

  it('clears a level only when the point is well below its line', () => {
    const after = (value: number): string | undefined => judge({ method: 'stddev', sigmas: { warning: 4, critical: 8 } }, [...quiet, 70, value]).at(-1)?.clears
    expect([40, 43.5, 44.2, 47, 48.5].map(after)).toEqual(['warning', 'warning', 'critical', 'critical', 'none'])
  })
})

describe('hours', () => {
  it('do not begin with an outlier', () => {
    const judged = judge({ method: 'seasonal' }, [...quiet.slice(0, 120), 4_000, ...quiet.slice(0, 5)])
    expect(judged[120]?.breaches).toBe('critical')
    for (const { expected } of judged.slice(121)) expect(expected?.[0]).toBeLessThan(100)
  })

  it('are those of the zone, whatever the season', () => {
    // Busy from 8:00 to 18:00 in Berlin: one hour earlier in UTC from 29 March on.
    const from = Date.parse('2026-03-14T23:00:00Z')
    const next = noise(9)
    const local = (at: number): number => new Date(at + (at < Date.parse('2026-03-29T01:00:00Z') ? 1 : 2) * HOUR).getUTCHours()
    const values = Array.from({ length: 21 * 288 }, (_, index) => {
      const hour = local(from + index * 5 * MINUTE)
      return (hour >= 8 && hour < 18 ? 45 : 20) + next()
    })
    const found = (zone: string): number => breaches(run({ method: 'seasonal', zone, refractory: 0 }, everyFiveMinutes(values, from)).judgements.slice(7 * 288)).length
    expect(found('Europe/Berlin')).toBe(0)
    expect(found('UTC')).toBeGreaterThan(0)
  })

  it('are told apart by weekday, once a weekday was seen often enough', () => {
    // Closed on Sundays.
    const weeks = Array.from({ length: 8 }, (_, week) => [...officeDays(6, week + 1), ...officeDays(1, week + 100).map((_, index) => 20 + (index % 3))]).flat()
    const judged = judge({ method: 'seasonal' }, weeks)
    const sundayNoon = judged[(7 * 7 + 6) * 288 + 144]
    const mondayNoon = judged[7 * 7 * 288 + 144]
    const middle = ({ expected: [low, high] = [NaN, NaN] }: Partial<Judgement> = {}): number => (low + high) / 2
    expect(middle(mondayNoon) - middle(sundayNoon)).toBeGreaterThan(10)
  })
})

describe('what was remembered', () => {
  it('by another method, or in a form that is not known, is learned anew', () => {
    const stddev = run({ method: 'stddev' }, everyFiveMinutes(spiky)).state
    const fresh = run({ method: 'auto' }, everyFiveMinutes(spiky)).judgements.map(read)
    for (const state of [stddev, { memory: 'AAAA' }, { memory: '' }, { memory: 7 }, {}, 'x', null, 7]) {
      expect(run({ method: 'auto' }, everyFiveMinutes(spiky), state).judgements.map(read)).toEqual(fresh)
    }
  })

  it('is there before the judgements are read, and after', () => {
    const before = anomaly().evaluator.evaluate(everyFiveMinutes(spiky), { metric: PERCENT, state: undefined })
    const { state } = before
    expect(run({}, everyFiveMinutes(spiky)).state).toEqual(state)
    expect([...before.judgements]).toHaveLength(spiky.length)
  })
})

describe('options', () => {
  const problems = (options: object): string[] => [...anomaly(options).problems.map(({ path, error }) => `${path.join('.')} ${error.code}`), ...(anomaly(options).evaluator.check?.(PERCENT) ?? []).map(String)]

  it.each<[object, string[]]>([
    [{}, []],
    [{ sigmas: 3 }, []],
    [{ method: 'stdev' }, ['method E103']],
    [{ sigmas: 0 }, ['sigmas E103']],
    [{ sigmas: {} }, ['sigmas E103']],
    [{ sigmas: { warnin: 3 } }, ['sigmas.warnin E102', 'sigmas E103']],
    [{ zone: 'Europe/Atlantis' }, ['zone E103']],
    [{ minHistory: 5 }, ['minHistory E103']],
    [{ sigma: 3 }, ['sigma E102']],
    [{ sigmas: { warning: 5, critical: 5 } }, ['E112 "sigmas.critical" 5 is not stricter than "sigmas.warning" 5 · put critical above 5, or warning below 5']],
    [{ sigmas: { warning: 5, critical: 4 } }, ['E112 "sigmas.critical" 4 is not stricter than "sigmas.warning" 5 · put critical above 5, or warning below 4']],
  ])('%j', (options, expected) => {
    expect(problems(options)).toEqual(expected)
  })

  it('say which levels there are', () => {
    expect(anomaly().evaluator.levels).toEqual(['warning', 'critical'])
    expect(anomaly({ sigmas: { critical: 6 } }).evaluator.levels).toEqual(['critical'])
    expect(anomaly({ sigmas: { warning: 6 } }).evaluator.levels).toEqual(['warning'])
  })
})
