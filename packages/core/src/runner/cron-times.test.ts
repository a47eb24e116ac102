import { describe, expect, it } from 'vitest'
import { openCronTimes } from './cron-times.ts'

/** Every time of a pattern between two instants. */
function times(pattern: string, timeZone: string, from: string, until: string): string[] {
  const schedule = openCronTimes(pattern, timeZone)
  const found: string[] = []
  for (let at = schedule.after(Date.parse(from)); at < Date.parse(until); at = schedule.after(at)) found.push(new Date(at).toISOString().slice(5, 16))
  return found
}

describe('when the clocks go forward, from 02:00 to 03:00', () => {
  it.each([
    ['one time that does not exist comes at the jump', '30 2 * * *', ['03-29T01:00', '03-30T00:30']],
    ['several come once, at the jump', '15,45 2 * * *', ['03-29T01:00', '03-30T00:15', '03-30T00:45']],
    ['one of several hours, at the very jump', '0 2,14 29 3 *', ['03-29T01:00', '03-29T12:00']],
    ['several of one day of the week, too', '15,45 2 * * 0', ['03-29T01:00']],
    ['several of one day of the year, too', '*/20 2 29 3 *', ['03-29T01:00']],
    ['what comes soon after comes by itself', '15,45 * * * *', ['03-29T00:15', '03-29T00:45', '03-29T01:15', '03-29T01:45']],
    ['what exists is left alone', '15,45 4 * * *', ['03-29T02:15', '03-29T02:45', '03-30T02:15', '03-30T02:45']],
  ])('%s: %s', (_what, pattern, expected) => {
    const found = times(pattern, 'Europe/Berlin', '2026-03-28T23:30Z', '2026-03-30T12:00Z')
    expect(pattern.includes(' * * * *') ? found.slice(1, 5) : found).toEqual(expected)
  })

  it('by half an hour', () => {
    expect(times('5,20 2 * * *', 'Australia/Lord_Howe', '2026-10-02T12:00Z', '2026-10-05T12:00Z')).toEqual(['10-02T15:35', '10-02T15:50', '10-03T15:30', '10-04T15:05', '10-04T15:20'])
  })
})

it('reads zones of 30 and 45 minutes', () => {
  expect(times('0 8 * * 1', 'Asia/Kolkata', '2026-08-16T00:00Z', '2026-08-18T00:00Z')).toEqual(['08-17T02:30'])
  expect(times('0 8 * * 1', 'Asia/Kathmandu', '2026-08-16T00:00Z', '2026-08-18T00:00Z')).toEqual(['08-17T02:15'])
})

it('ends where a pattern does', () => {
  expect(openCronTimes('0 0 0 1 1 * 2025', 'UTC').after(Date.parse('2026-01-01T00:00Z'))).toBe(Infinity)
})
