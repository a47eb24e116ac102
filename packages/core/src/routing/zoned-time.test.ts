import { describe, expect, it } from 'vitest'
import { isTimeZone, openZone, openZones } from './zoned-time.ts'

const at = (text: string): number => Date.parse(text)
const HOUR = 3_600_000

describe('a stretch', () => {
  it.each([
    ['UTC', '2026-03-29T01:00:00Z', 0],
    ['Europe/Berlin', '2026-03-29T00:59:59.999Z', 1],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', 2],
    ['Europe/Berlin', '2026-10-25T00:59:59.999Z', 2],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', 1],
    ['America/New_York', '2026-03-08T06:59:59.999Z', -5],
    ['America/New_York', '2026-03-08T07:00:00Z', -4],
    ['Australia/Lord_Howe', '2026-04-04T14:59:59.999Z', 11],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', 10.5],
    ['Asia/Kathmandu', '1985-12-31T18:29:59.999Z', 5.5],
    ['Asia/Kathmandu', '1985-12-31T18:30:00Z', 5.75],
    ['Pacific/Apia', '2011-12-30T09:59:59.999Z', -10],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', 14],
    ['America/St_Johns', '2006-10-29T02:30:59.999Z', -2.5],
    ['America/St_Johns', '2006-10-29T02:31:00Z', -3.5],
    ['America/New_York', '1883-11-18T16:59:59Z', -(4 + 56 / 60 + 2 / 3_600)],
  ])('of %s at %s is %d hours from UTC', (name, text, hours) => {
    const { from, until, offset } = openZone(name).stretchAt(at(text))
    expect(offset / HOUR).toBeCloseTo(hours, 9)
    expect(from).toBeLessThanOrEqual(at(text))
    expect(until).toBeGreaterThan(at(text))
  })

  it('ends where the clocks change and begins there', () => {
    const zone = openZone('Australia/Lord_Howe')
    const change = at('2026-04-04T15:00:00Z')
    expect(zone.stretchAt(change - 1).until).toBe(change)
    expect(zone.stretchAt(change).from).toBe(change)
    expect(zone.stretchAt(change - 1).until).toBe(change)
  })

  it('ends where they change at midnight UTC', () => {
    const zone = openZone('Africa/Tripoli')
    const change = at('2012-11-10T00:00:00Z')
    expect(zone.stretchAt(change - 1)).toMatchObject({ until: change, offset: 2 * HOUR })
    expect(zone.stretchAt(change)).toMatchObject({ from: change, offset: HOUR })
  })

  it('is the same in whatever order it is asked for', () => {
    const times = Array.from({ length: 500 }, (_, index) => at('2011-12-20T00:00:00Z') + ((index * 7_919) % 500) * HOUR)
    const zone = openZone('Pacific/Apia')
    expect(times.map((time) => zone.stretchAt(time).offset)).toEqual(times.map((time) => openZone('Pacific/Apia').stretchAt(time).offset))
  })

  it('is refused for what is no time, and for what is no zone', () => {
    const zone = openZone('UTC')
    expect(zone.stretchAt(0).offset).toBe(0)
    for (const time of [NaN, Infinity, -Infinity, 9e15]) expect(() => zone.stretchAt(time)).toThrow(RangeError)
    expect(() => openZone('Mars/Olympus')).toThrow(RangeError)
  })
})

it('opens a zone once', () => {
  const zoneOf = openZones()
  expect(zoneOf('Asia/Kathmandu')).toBe(zoneOf('Asia/Kathmandu'))
  expect(zoneOf('Asia/Kathmandu')).not.toBe(zoneOf('UTC'))
})

it.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Etc/GMT+5', true],
  ['+01:00', false],
  ['-0500', false],
  ['Europe/Berlim', false],
  ['Local', false],
  ['', false],
])('isTimeZone(%j) is %s', (name, expected) => expect(isTimeZone(name)).toBe(expected))
