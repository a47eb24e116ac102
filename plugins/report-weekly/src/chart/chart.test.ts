import { describe, expect, it } from 'vitest'
import type { CoursePoint, Figures, Row } from '../figures.ts'
import { aCourse, WEEK } from '../testing/figures.ts'
import { pixelsOf } from '../testing/pixels.ts'
import { chart, CHART } from './chart.ts'
import { PALETTE } from './palette.ts'
import { png, RESOLUTION } from './png.ts'
import { SPARKLINE, sparkline } from './sparkline.ts'

const FRAME: Pick<Figures, 'period' | 'timeZone'> = { period: { kind: 'week', ...WEEK, name: 'Week 34' }, timeZone: 'Europe/Berlin' }
const HOUR = 3_600_000
const steady = (value: number, hours = 168): readonly CoursePoint[] =>
  Array.from({ length: hours }, (_, hour) => ({ from: WEEK.from + hour * HOUR, until: WEEK.from + (hour + 1) * HOUR, low: value, average: value, high: value }))
const aDrawn = (over: Partial<Row> = {}): Parameters<typeof chart>[0] & Parameters<typeof sparkline>[0] => ({ course: steady(50), unit: 'percent', worse: 'high', worst: 'critical', lines: { warning: 60, critical: 80 }, ...over })
const drawn = (over: Partial<Row> = {}) => pixelsOf(png(chart(aDrawn(over), FRAME)))

/** Where a share of the plot is, in pixels; measured from its top and left, and off the grid of days. */
const at = (across: number, down: number): [x: number, y: number] => [Math.round((66 + across * (494 - 66)) * RESOLUTION), Math.round((16 + down * (142 - 16)) * RESOLUTION)]

describe('a chart', () => {
  it('is opaque everywhere, at twice the size it is shown', () => {
    const { width, height, at: color } = drawn({ course: aCourse({ base: 20, day: 50, noise: 10, gaps: [[30, 50]] }, 1) })
    expect([width, height]).toEqual([CHART.width * 2, CHART.height * 2])
    const through = Array.from({ length: width * height }, (_, index) => color(index % width, Math.floor(index / width))).filter((one) => one === '#ff00ff')
    expect(through.length).toBe(0)
    expect(color(2, 2)).toBe('#ffffff')
  })

  it('has a red band from the critical line up, an amber one below it, and white below that', () => {
    const { at: color } = drawn()
    expect(color(...at(0.2, 0.1))).toBe(PALETTE.redBand)
    expect(color(...at(0.2, 0.3))).toBe(PALETTE.amberBand)
    expect(color(...at(0.2, 0.45))).toBe('#ffffff')
    // 100 to 0 percent over the height: the lines are where they should be, to two pixels.
    expect([color(...at(0.2, 0.192)), color(...at(0.2, 0.208))]).toEqual([PALETTE.redBand, PALETTE.amberBand])
    expect([color(...at(0.2, 0.392)), color(...at(0.2, 0.408))]).toEqual([PALETTE.amberBand, '#ffffff'])
  })

  it('has its bands below where low is worse', () => {
    const { at: color } = drawn({ worse: 'low', lines: { warning: 40, critical: 20 } })
    expect([color(...at(0.2, 0.9)), color(...at(0.2, 0.7)), color(...at(0.2, 0.3))]).toEqual([PALETTE.redBand, PALETTE.amberBand, '#ffffff'])
  })

  it('draws the line at the height of its value', () => {
    const { at: color } = drawn({ course: steady(30), lines: {} })
    expect(color(...at(0.2, 0.7))).toBe(PALETTE.ink)
    expect([color(...at(0.2, 0.68)), color(...at(0.2, 0.72))]).toEqual(['#ffffff', '#ffffff'])
  })

  it('leaves a gap open, and says that there is no data', () => {
    const course = steady(50).map((point, hour) => (hour >= 40 && hour < 90 ? undefined : point))
    const { at: color } = drawn({ course })
    expect(color(...at(20 / 168, 0.5))).toBe(PALETTE.ink)
    expect(color(...at(50 / 168, 0.5))).toBe(PALETTE.gap)
    expect(color(...at(100 / 168, 0.5))).toBe(PALETTE.ink)
    const svg = chart(aDrawn({ course }), FRAME)
    expect(svg).toContain('>no data</text>')
    expect(chart(aDrawn(), FRAME)).not.toContain('no data')
    expect(svg.match(/stroke-linecap/g)?.length).toBe(2)
  })

  it('marks the worst value', () => {
    const spike = (value: number): readonly CoursePoint[] => steady(50).map((point, hour) => (hour === 100 ? { ...point, high: value, low: value - 40 } : point))
    expect(chart(aDrawn({ course: spike(97) }), FRAME)).toContain('>97%</text>')
    expect(chart(aDrawn({ worse: 'low', course: spike(63), lines: {} }), FRAME)).toContain('>23%</text>')
  })

  it('names its lines with words', () => {
    const svg = chart(aDrawn(), FRAME)
    expect(svg).toContain('>amber 60%</text>')
    expect(svg).toContain('>red 80%</text>')
  })

  it('draws its text without a font of the machine', () => {
    // An axis label: some pixel left of the plot is not white.
    const { at: color } = drawn()
    const dark = Array.from({ length: 60 * 2 * 30 }, (_, index) => color(index % 120, 20 + Math.floor(index / 120))).filter((one) => one !== '#ffffff')
    expect(dark.length).toBeGreaterThan(100)
  })

  it.each([
    ['infinite values', steady(1).map((point, hour) => (hour > 100 ? { ...point, average: Infinity, high: Infinity } : point))],
    ['nothing but infinite values', steady(Infinity)],
    ['one point', [steady(5)[0]]],
    ['nothing', []],
    ['negative values', steady(-5)],
    ['tiny values', steady(1e-9)],
    ['huge values', steady(1e300)],
  ])('survives %s', (_, course) => {
    for (const unit of ['seconds', 'percent', 'bytes'] as const) {
      const svg = chart(aDrawn({ course, unit, lines: { warning: 0.5 } }), FRAME) + sparkline(aDrawn({ course, unit }), FRAME.period)
      expect(svg).not.toMatch(/NaN|Infinity(?!<)/)
    }
    expect(drawn({ course, unit: 'seconds' }).width).toBe(CHART.width * 2)
  })
})

describe('a sparkline', () => {
  it('is opaque, and has a dot in the colour of the level', () => {
    const spike = steady(20).map((point, hour) => (hour === 84 ? { ...point, high: 90 } : point))
    const { width, height, at: color } = pixelsOf(png(sparkline(aDrawn({ course: spike }), FRAME.period)))
    expect([width, height]).toEqual([SPARKLINE.width * 2, SPARKLINE.height * 2])
    expect(color(0, 0)).toBe('#ffffff')
    const middle = Math.round((3 + (84.5 / 168) * (SPARKLINE.width - 6)) * 2)
    expect(color(middle, 6)).toBe(PALETTE.red)
    expect(sparkline(aDrawn({ course: spike, worst: 'warning' }), FRAME.period)).toContain(PALETTE.amber)
  })

  it('is one line for each stretch', () => {
    const course = steady(50).map((point, hour) => (hour === 40 || hour === 41 || hour === 100 ? undefined : point))
    expect(sparkline(aDrawn({ course }), FRAME.period).match(/fill="none"/g)?.length).toBe(3)
  })
})
