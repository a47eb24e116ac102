import { describe, expect, it } from 'vitest'
import { HourlyMean } from './hourly-mean.ts'
import { Memory } from './memory.ts'

/** Learns weeks, hour by hour from Sunday 0:00 on, with so many points in each hour. */
function learned(weeks: number, valueOf: (hourOfWeek: number, week: number) => number, points = 1): HourlyMean {
  const made = new HourlyMean(new Memory())
  for (let hour = 0; hour < weeks * 168; hour++) {
    for (let point = 0; point < points; point++) made.learn(hour % 168, valueOf(hour % 168, Math.floor(hour / 168)))
  }
  return made
}

describe('the mean of an hour', () => {
  it('is that of the hour of the day', () => {
    const made = learned(1, (hour) => hour % 24)
    expect([0, 5, 23, 24 + 5].map((hour) => made.expected(hour))).toEqual([0, 5, 23, 5])
  })

  it('is that of all hours where the hour was never seen', () => {
    const made = new HourlyMean(new Memory())
    expect([made.started, made.knows(3), made.expected(3)]).toEqual([false, false, 0])
    for (const value of [10, 20, 30]) made.learn(3, value)
    expect([made.started, made.knows(3), made.knows(24 + 3), made.knows(4)]).toEqual([true, true, true, false])
    expect(made.expected(4)).toBeCloseTo(20)
  })

  it('is that of the hour of the week, the more the more weeks there were', () => {
    const sunday = (weeks: number): number => learned(weeks, (hour) => (hour < 24 ? 0 : 70)).expected(12)
    // After one week a weekday was seen once: that is no rule yet.
    expect(sunday(1)).toBeGreaterThan(55)
    expect(sunday(3)).toBeLessThan(sunday(1))
    expect(sunday(12)).toBeLessThan(sunday(3))
    expect(sunday(26)).toBeLessThan(20)
  })

  it.each([1, 60])('forgets over some ten days, with %i points in an hour', (points) => {
    const made = learned(12, (_, week) => (week < 8 ? 20 : 40), points)
    expect(made.expected(5)).toBeGreaterThan(37)
  })
})
