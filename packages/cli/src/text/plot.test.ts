import { describe, expect, it } from 'vitest'
import { widthOf } from './columns.ts'
import { painted, unpainted } from './paint.ts'
import { plot, type PlotSpec } from './plot.ts'
import { ticksOf } from './ticks.ts'

const MINUTE = 60_000

const spec = (values: readonly number[], over: Partial<PlotSpec> = {}): PlotSpec => ({
  from: 0,
  until: values.length * MINUTE,
  timestamps: values.map((_, index) => index * MINUTE),
  values,
  lines: {},
  worse: 'high',
  alerts: [],
  valueText: (value) => `${value}%`,
  ticks: () => [],
  ...over,
})

const DRAWN: readonly string[] = [
  '      90% │         ····',
  '  RED 80% ┼─────────··─·───────',
  '          │         ·  ·',
  'AMBER 60% ┼╌╌╌╌╌╌╌╌··╌╌··╌╌╌╌╌╌',
  '          │░░░░░░░░·░   ·',
  '          │░░░░░░░░·░   ··',
  '          │·········░   ······',
  '          │',
  '       0% │',
  '   alerts │          ████    ▒',
  '          └──────────┴─────────',
  '                   00:05',
]

describe('a plot', () => {
  it('joins points that follow each other', () => {
    const ramp = Array.from({ length: 20 }, (_, index) => index)
    expect(plot(spec(ramp), { width: 18, height: 3 }, unpainted)).toEqual(['   19% │      ⣀⣤⠶⠛', '       │   ⣠⡴⠞⠋', '    0% │⣤⠶⠛⠉', '       └──────────'])
  })

  it('leaves a gap where points are missing', () => {
    const timestamps = [...Array.from({ length: 8 }, (_, index) => index), ...Array.from({ length: 8 }, (_, index) => index + 12)].map((minute) => minute * MINUTE)
    const [row] = plot(spec(timestamps.map(() => 5), { timestamps, until: 20 * MINUTE }), { width: 18, height: 1 }, unpainted)
    expect(row).toMatch(/│[⠁-⣿]{4} {2}[⠁-⣿]{4}$/)
  })

  it('draws lines behind the series, what was to be expected behind both, and alerts below', () => {
    const values = [20, 20, 20, 20, 20, 90, 90, 20, 20, 20]
    const drawn = plot(
      spec(values, {
        lines: { warning: 60, critical: 80 },
        expected: values.map((_, index) => (index < 4 ? [15, 50] : undefined)),
        alerts: [{ level: 'critical', from: 5 * MINUTE, until: 7 * MINUTE }, { level: 'warning', from: 9 * MINUTE, until: 9 * MINUTE + 1 }],
        ticks: () => [{ at: 5 * MINUTE, text: '00:05' }],
      }),
      { width: 31, height: 9 },
      unpainted,
    )
    expect(drawn.map((line) => line.replaceAll(/[⠁-⣿]/g, '·'))).toEqual(DRAWN)
  })

  it('is not pressed flat by what was to be expected', () => {
    const low = plot(spec([40, 50, 60, 50], { expected: [[-500, 900], [0, 900], undefined, [45, 55]] }), { width: 30, height: 8 }, unpainted)
    expect([low[0], low[7]].map((line) => line?.trimStart().split(' ')[0])).toEqual(['63%', '37%'])
    expect(low[1]).toMatch(/░.*[⠁-⣿]/)
  })

  it('takes no more columns than it is given, and says the same with colour as without', () => {
    const noise = Array.from({ length: 500 }, (_, index) => (index * 7_919) % 101)
    const full = spec(noise, { lines: { warning: 60, critical: 80 }, alerts: [{ level: 'critical', from: 0, until: 500 * MINUTE }], ticks: (most) => ticksOf(0, 500 * MINUTE, 'UTC', most) })
    for (const width of [30, 80, 200]) {
      const plain = plot(full, { width, height: 8 }, unpainted)
      expect(Math.max(...plain.map(widthOf))).toBe(width)
      const coloured = plot(full, { width, height: 8 }, painted)
      expect(coloured.join('\n')).toContain('\u001B[')
      expect(coloured.map((line) => line.replaceAll(/\u001B\[\d+m/g, '').trimEnd())).toEqual(plain)
    }
  })

  it.each([
    ['no point', []],
    ['one point', [5]],
    ['equal values', [5, 5, 5]],
    ['infinite values', [1, Infinity, 2]],
    ['values below zero', [-5, -1, -3]],
  ])('is drawn of %s', (_name, values) => {
    const drawn = plot(spec(values, { until: 3 * MINUTE }), { width: 40, height: 4 }, unpainted)
    expect(drawn.length).toBe(5)
    expect(drawn.join('')).not.toContain('NaN')
    expect(/[⠁-⣿]/.test(drawn.join(''))).toBe(values.length > 0)
  })
})

describe('ticks', () => {
  const texts = (from: string, until: string, zone: string, most: number): string[] => ticksOf(Date.parse(from), Date.parse(until), zone, most).map(({ text }) => text)

  it.each([
    ['2026-01-05T12:10:00Z', '2026-01-05T16:10:00Z', 'UTC', 8, ['13:00', '14:00', '15:00', '16:00']],
    ['2026-01-05T12:10:00Z', '2026-01-05T12:14:30Z', 'UTC', 8, ['12:10', '12:11', '12:12', '12:13', '12:14']],
    ['2026-01-05T12:10:00Z', '2026-01-08T12:10:00Z', 'Europe/Berlin', 4, ['01-06', '01-07', '01-08']],
    ['2026-01-05T12:10:00Z', '2026-01-19T12:10:00Z', 'UTC', 8, ['01-07', '01-09', '01-11', '01-13', '01-15', '01-17', '01-19']],
    // The clocks go forward on 29 March: midnight and noon stay what they are.
    ['2026-03-28T12:00:00Z', '2026-03-30T11:00:00Z', 'Europe/Berlin', 4, ['00:00', '12:00', '00:00', '12:00']],
    ['2014-01-01T00:00:00Z', '2018-01-01T00:00:00Z', 'UTC', 5, ['2014-11-06', '2015-11-05', '2016-11-03', '2017-11-02']],
    ['1970-01-01T00:00:00Z', '2010-01-01T00:00:00Z', 'UTC', 2, ['1970-01-01', '1990-12-06']],
  ] as const)('of %s to %s in %s, about %d at most', (from, until, zone, most, expected) => {
    expect(texts(from, until, zone, most)).toEqual(expected)
  })
})
