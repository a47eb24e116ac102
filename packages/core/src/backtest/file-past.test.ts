import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { fleetMonitor } from '../testing/fleet.ts'
import { backtest } from './backtest.ts'
import { filePast, newestPoint, type PastFile } from './file-past.ts'
import type { PastSource, PastWindow } from './past-window.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-past-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
})

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const START = Date.parse('2026-01-05T12:00:00Z')
const rule = { name: 'fleet.cpu', metric: { name: 'cpu', unit: 'percent', worse: 'high', help: '' } } as const

async function file(name: string, points: readonly (readonly [minute: number, value: number | string])[]): Promise<PastFile> {
  const path = join(folder, name)
  await writeFile(path, points.map(([minute, value]) => `${START + minute * MINUTE},${value}\n`).join(''))
  return { path, name }
}

const each = (from: number, until: number, step = 1): (readonly [number, number])[] => Array.from({ length: (until - from) / step }, (_, index) => [from + index * step, from + index * step])

async function windowsOf(source: PastSource, only?: ReadonlySet<string>): Promise<PastWindow[]> {
  const windows: PastWindow[] = []
  for await (const window of source.windows(only)) windows.push(window)
  return windows
}

/** In minutes. */
const shown = ({ from, until, series }: PastWindow) => ({
  from: (from - START) / MINUTE,
  until: (until - START) / MINUTE,
  series: [...series].map(({ series: one, knownUntil }) => [one.resource.name, (one.timestamps[0] ?? NaN) - START, one.timestamps.length, knownUntil === undefined ? undefined : (knownUntil - START) / MINUTE]),
})

it('gives windows of a day, each series with its own period, from its first point to its last', async () => {
  const source = await filePast([await file('a.csv', each(0, 3_000)), await file('b.csv', each(2_000, 2_500, 5))], { rule })
  expect((await windowsOf(source)).map(shown)).toEqual([
    { from: 0, until: 1_440, series: [['a.csv', 0, 1_440, undefined]] },
    { from: 1_440, until: 2_880, series: [['a.csv', 1_440 * MINUTE, 1_440, undefined], ['b.csv', 2_000 * MINUTE, 100, 2_500]] },
    { from: 2_880, until: 3_000, series: [['a.csv', 2_880 * MINUTE, 120, 3_000]] },
  ])
  const [, second] = await windowsOf(source)
  expect([...(second?.series ?? [])].map(({ rule: name, series: { period, metric, resource } }) => [name, period, metric, resource.type])).toEqual([['fleet.cpu', MINUTE, 'cpu', 'fleet'], ['fleet.cpu', 5 * MINUTE, 'cpu', 'fleet']])
})

it('reads again from the beginning, and only what is asked for', async () => {
  const source = await filePast([await file('a.csv', each(0, 10)), await file('b.csv', each(0, 20))], { rule })
  expect((await windowsOf(source)).map(shown)).toEqual((await windowsOf(source)).map(shown))
  expect(source.progress()).toBe(1)
  expect((await windowsOf(source, new Set(['b.csv']))).map(shown)).toEqual([{ from: 0, until: 20, series: [['b.csv', 0, 20, 20]] }])
  expect(await windowsOf(source, new Set())).toEqual([])
})

it('passes over points that repeat or go back, and missing ones', async () => {
  const points = [[0, 1], [1, 2], [1, 3], [0, 4], [2, 5], [3, ''], [5, 6], [4, 7]] as const
  const [window] = await windowsOf(await filePast([await file('a.csv', points)], { rule }))
  const [one] = window?.series ?? []
  expect([...(one?.series.values ?? [])]).toEqual([1, 2, 5, 6])
  expect([...(one?.series.timestamps ?? [])].map((at) => (at - START) / MINUTE)).toEqual([0, 1, 2, 5])
})

it('takes the step in the middle for the period', async () => {
  const source = await filePast([await file('a.csv', [[0, 1], [1, 1], [2, 1], [2.5, 1], [3, 1], [4, 1], [90, 1], [91, 1]])], { rule })
  const [window] = await windowsOf(source)
  expect([...(window?.series ?? [])].map(({ series }) => series.period)).toEqual([MINUTE])
})

it('begins where it is told to', async () => {
  const files = [await file('a.csv', each(0, 100)), await file('b.csv', each(0, 40))]
  const source = await filePast(files, { rule, since: START + 50 * MINUTE })
  expect((await windowsOf(source)).map(shown)).toEqual([{ from: 50, until: 100, series: [['a.csv', 50 * MINUTE, 50, 100]] }])
  expect(await newestPoint(files)).toBe(START + 99 * MINUTE)
  expect(await newestPoint([await file('c.csv', [])])).toBeUndefined()
})

it('passes over years without a point', async () => {
  const [first, ...others] = await windowsOf(await filePast([await file('a.csv', [...each(0, 10), ...each(800 * 1_440, 800 * 1_440 + 10)])], { rule }))
  expect(first?.from).toBe(START)
  expect(others.at(-1)?.until).toBe(START + 800 * DAY + 10 * MINUTE)
})

it('says which lines cannot be read, and runs on what can', async () => {
  const problems: string[] = []
  const source = await filePast([await file('web/a.csv'.replace('/', '-'), [[0, 20], [1, 'x'], [2, 91], [3, 91]])], { rule, onProblem: (problem) => problems.push(String(problem)) })
  const { transitions, points } = await backtest(fleetMonitor(), { windows: source.windows() })
  expect(problems).toEqual([expect.stringMatching(/^E209 "x" is not a number · web-a\.csv:2 · /)])
  expect(points).toBe(3)
  expect(transitions.map(({ kind, at }) => [kind, (at - START) / MINUTE])).toEqual([['fired', 2]])
})

it('tells at the end of a file what it passed over, but not of what is too old or missing', async () => {
  const told: [string, number][] = []
  const files = [await file('a.csv', [[0, 1], [1, 'NaN'], [2, 3], [2, 4], [1, 5], [3, 6]]), await file('newest-first.csv', each(0, 2_000).toReversed()), await file('sorted.csv', each(0, 10))]
  const source = await filePast(files, { rule, onPassedOver: (name, points) => void told.push([name, points]) })
  await windowsOf(source)
  expect([told.length, Object.fromEntries(told)]).toEqual([2, { 'a.csv': 2, 'newest-first.csv': 1_999 }])
  told.length = 0
  await windowsOf(await filePast(files.slice(0, 1), { rule, since: START + 2 * MINUTE, onPassedOver: (name, points) => void told.push([name, points]) }))
  expect(told).toEqual([['a.csv', 1]])
})
