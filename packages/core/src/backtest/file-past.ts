import { stat } from 'node:fs/promises'
import type { TocsinError } from '../errors.ts'
import type { Resource } from '../model/resource.ts'
import type { WatchedRule } from '../plugin/rule.ts'
import type { PastSeries, PastSource, PastWindow } from './past-window.ts'
import { readRows } from './read-rows.ts'
import type { Rows } from './rows.ts'

/** A file of points: one series. */
export interface PastFile {
  readonly path: string
  /** What its resource is called. */
  readonly name: string
}

export interface FilePastOptions {
  /** The rule that judges every file. */
  readonly rule: Pick<WatchedRule, 'name' | 'metric'>
  /** Points before it are left out, milliseconds since the epoch. Default: none. */
  readonly since?: number
  /** Told of lines that cannot be read, in each reading. Default: nobody. */
  readonly onProblem?: (problem: TocsinError) => void
  /** Told at the end of a file, in each reading, how many of its points were not later than one before them and are passed over; not told of none. */
  readonly onPassedOver?: (file: string, points: number) => void
}

const DAY = 86_400_000
const MINUTE = 60_000
/** So many steps between points show the period of a series. */
const STEPS = 1_000

/**
 * Files of points as a past, one series each. The time between two points is the one that is in the middle when all are sorted. A point
 * that is not later than the one before it is passed over, as it would be live.
 */
export async function filePast(files: readonly PastFile[], { rule, since = -Infinity, onProblem = () => {}, onPassedOver = () => {} }: FilePastOptions): Promise<PastSource> {
  const bytes = await sizeOf(files)
  const type = rule.name.split('.')[0] ?? rule.name
  let read = 0

  return {
    progress: () => (bytes === 0 ? 1 : Math.min(1, read / bytes)),
    async *windows(only) {
      read = 0
      const chosen = files.filter(({ name }) => only === undefined || only.has(name))
      const cursors = await Promise.all(chosen.map((file) => openCursor(file, type, since, { onProblem, onPassedOver, onBytes: (count) => void (read += count) })))
      const begins = cursors.flatMap(({ first }) => first ?? [])
      if (begins.length === 0) return
      for (let from = least(begins); ; from += DAY) {
        const window = await windowOf(cursors, from, rule)
        yield window
        if (cursors.every(({ isDone }) => isDone)) return
      }
    },
  }
}

/** The time of the newest point in files, milliseconds since the epoch; `undefined` when there is none. Reads them all. */
export async function newestPoint(files: readonly PastFile[]): Promise<number | undefined> {
  let newest = -Infinity
  for (const { path, name } of files) {
    for await (const { timestamps } of readRows(path, { shown: name, onProblem: () => {} })) for (const at of timestamps) if (at > newest) newest = at
  }
  return newest === -Infinity ? undefined : newest
}

async function windowOf(cursors: readonly Cursor[], from: number, rule: FilePastOptions['rule']): Promise<PastWindow> {
  const until = from + DAY
  const series: PastSeries[] = []
  for (const cursor of cursors) {
    // What has ended, or not begun, is not missing.
    if (cursor.isDone || cursor.first === undefined || cursor.first >= until) continue
    const points = await cursor.take(until)
    series.push({
      rule: rule.name,
      series: { resource: cursor.resource, metric: rule.metric.name, period: cursor.period, ...points, settledUntil: until, status: 'complete' },
      knownFrom: Math.max(from, cursor.first),
      ...(cursor.isDone ? { knownUntil: cursor.end } : {}),
    })
  }
  return { from, until: cursors.every(({ isDone }) => isDone) ? Math.max(...ends(series, from)) : until, series }
}

const ends = (series: readonly PastSeries[], from: number): number[] => [from, ...series.map(({ knownUntil = from }) => knownUntil)]

/** One file on its way. */
interface Cursor {
  readonly resource: Resource
  readonly period: number
  /** The time of its first point. */
  readonly first: number | undefined
  /** Whether its last point was taken. */
  readonly isDone: boolean
  /** One period after the newest point that was taken. */
  readonly end: number
  /** The points before an instant that were not taken yet. */
  take(until: number): Promise<{ readonly timestamps: Float64Array; readonly values: Float64Array }>
}

interface CursorOptions extends Required<Pick<FilePastOptions, 'onProblem' | 'onPassedOver'>> {
  readonly onBytes: (count: number) => void
}

async function openCursor({ path, name }: PastFile, type: string, since: number, { onPassedOver, ...options }: CursorOptions): Promise<Cursor> {
  const pieces = readRows(path, { shown: name, ...options })
  let newest = -Infinity
  let waiting = NO_POINTS
  let isRead = false
  let passedOver = 0
  /** Adds a piece to what waits. */
  const readOn = async (): Promise<boolean> => {
    const { value, done } = await pieces.next()
    isRead = done === true
    if (done !== true) {
      const later = laterPoints(value, since, newest)
      passedOver += later.passedOver
      newest = later.timestamps.at(-1) ?? newest
      waiting = joined([waiting, later])
    }
    if (done === true && passedOver > 0) {
      onPassedOver(name, passedOver)
      passedOver = 0
    }
    return !isRead
  }
  while (waiting.timestamps.length <= STEPS && (await readOn())) continue
  const period = periodOf(waiting.timestamps.subarray(0, STEPS + 1))
  const first = waiting.timestamps[0]
  let end = first ?? NaN
  return {
    resource: { id: name, type, name, tags: {} },
    period,
    first,
    get isDone() {
      return isRead && waiting.timestamps.length === 0
    },
    get end() {
      return end
    },
    async take(until) {
      const taken: Points[] = []
      do {
        const count = before(waiting.timestamps, until)
        taken.push(part(waiting, 0, count))
        waiting = part(waiting, count)
      } while (waiting.timestamps.length === 0 && (await readOn()))
      const points = joined(taken)
      end = (points.timestamps.at(-1) ?? end - period) + period
      return points
    },
  }
}

interface Points {
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

const NO_POINTS: Points = { timestamps: new Float64Array(), values: new Float64Array() }

const part = ({ timestamps, values }: Points, from: number, to?: number): Points => ({ timestamps: timestamps.subarray(from, to), values: values.subarray(from, to) })

function joined(parts: readonly Points[]): Points {
  const filled = parts.filter(({ timestamps }) => timestamps.length > 0)
  const [only = NO_POINTS] = filled
  if (filled.length < 2) return only
  const length = filled.reduce((sum, { timestamps }) => sum + timestamps.length, 0)
  const all = { timestamps: new Float64Array(length), values: new Float64Array(length) }
  let at = 0
  for (const { timestamps, values } of filled) {
    all.timestamps.set(timestamps, at)
    all.values.set(values, at)
    at += timestamps.length
  }
  return all
}

/** How many of ascending times come before an instant. */
function before(timestamps: Float64Array, until: number): number {
  const index = timestamps.findIndex((at) => at >= until)
  return index === -1 ? timestamps.length : index
}

/** The present points of some rows that are each later than all before them, and how many are not. */
function laterPoints({ timestamps, values }: Rows, since: number, after: number): Points & { readonly passedOver: number } {
  const later = { timestamps: new Float64Array(timestamps.length), values: new Float64Array(timestamps.length) }
  let newest = after
  let count = 0
  let passedOver = 0
  for (const [index, at] of timestamps.entries()) {
    const value = values[index] ?? NaN
    if (!(at >= since) || Number.isNaN(value)) continue
    if (at <= newest) {
      passedOver += 1
      continue
    }
    newest = at
    later.timestamps[count] = at
    later.values[count] = value
    count += 1
  }
  return { ...part(later, 0, count), passedOver }
}

function periodOf(timestamps: Float64Array): number {
  const steps = timestamps.subarray(1).map((at, index) => at - (timestamps[index] ?? at)).sort()
  return steps[Math.floor(steps.length / 2)] ?? MINUTE
}

const least = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.min(a, b))

async function sizeOf(files: readonly PastFile[]): Promise<number> {
  const sizes = await Promise.all(files.map(({ path }) => stat(path).then(({ size }) => size, () => 0)))
  return sizes.reduce((sum, size) => sum + size, 0)
}
