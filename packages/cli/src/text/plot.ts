import type { Level, Severity } from '@tocsin/core'
import { widthOf } from './columns.ts'
import { levelStyle, type Paint } from './paint.ts'
import type { Tick } from './ticks.ts'

/** One series with what is drawn around it. Times are milliseconds since the epoch. */
export interface PlotSpec {
  readonly from: number
  readonly until: number
  /** Ascending, as long as `values`. */
  readonly timestamps: readonly number[]
  readonly values: readonly number[]
  /** What was to be expected of each point, as long as `values`. Default: nothing is known. */
  readonly expected?: readonly (readonly [low: number, high: number] | undefined)[]
  readonly lines: { readonly [Level in Severity]?: number }
  readonly worse: 'high' | 'low'
  /** Stretches at a level, drawn below the series. */
  readonly alerts: readonly { readonly level: Severity; readonly from: number; readonly until: number }[]
  readonly valueText: (value: number) => string
  /** What stands on the axis of time, at most so many. */
  readonly ticks: (most: number) => readonly Tick[]
}

export interface PlotSize {
  /** Terminal columns of the whole plot. */
  readonly width: number
  /** Lines of the series alone. */
  readonly height: number
}

const LABELS: Readonly<Record<Severity, string>> = { warning: 'AMBER', critical: 'RED' }
const STROKES: Readonly<Record<Severity, string>> = { warning: '╌', critical: '─' }
const STRIPS: Readonly<Record<Severity, string>> = { warning: '▒', critical: '█' }
const STRIP = 'alerts'
const NO_DOTS = 0x2800
/** The bit of each dot of a braille letter, by column and line. */
const DOTS = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]] as const
/** So much of the series' own range may be added above and below for what was to be expected. */
const BEYOND = 0.15
/** Columns for one label of the axis of time. */
const TICK_ROOM = 11

interface Scale {
  readonly low: number
  readonly high: number
  readonly height: number
}

/** Draws a series in braille dots between its lines; the plot never takes more columns than it is given. */
export function plot(spec: PlotSpec, { width, height }: PlotSize, paint: Paint): string[] {
  const scale = scaleOf(spec, height)
  const labels = labelsOf(spec, scale)
  const margin = Math.max(...[...labels, STRIP].map(widthOf))
  const columns = Math.max(8, width - margin - 2)
  const dots = dotsOf(spec, scale, columns)
  const band = bandOf(spec, scale, columns)
  const rows = labels.map((label, row) => {
    const line = (['critical', 'warning'] as const).find((level) => rowOf(spec.lines[level] ?? NaN, scale) === row)
    const cells = Array.from({ length: columns }, (_, column): Piece => {
      const shape = dots[row * columns + column] ?? 0
      if (shape > 0) return { text: String.fromCharCode(NO_DOTS + shape), level: levelOfRow(row, spec, scale) }
      if (line !== undefined) return { text: STROKES[line], level: line, faint: true }
      return { text: band[column]?.(row) === true ? '░' : ' ', level: 'none', faint: true }
    })
    return `${(label ?? '').padStart(margin)} ${line === undefined ? '│' : '┼'}${painted(cells, paint)}`.trimEnd()
  })
  const [line, below] = axis(spec, columns)
  return [...rows, ...strip(spec, margin, columns, paint), `${' '.repeat(margin)} └${line}`, ...(below === '' ? [] : [`${' '.repeat(margin + 2)}${below}`])]
}

function scaleOf({ values, lines, expected = [] }: PlotSpec, height: number): Scale {
  let low = Infinity
  let high = -Infinity
  const see = (value: number | undefined): void => {
    if (value === undefined || !Number.isFinite(value)) return
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  for (const value of values) see(value)
  see(lines.warning)
  see(lines.critical)
  // What was to be expected may reach far beyond: it must not press the series flat.
  const [least, most] = [low - (high - low) * BEYOND, high + (high - low) * BEYOND]
  for (const range of expected) range?.forEach((end) => see(Math.min(most, Math.max(low < 0 ? least : Math.max(0, least), end))))
  if (low > high) return { low: 0, high: 1, height }
  // Of what stays above zero, zero is shown where it is near, so that a small change does not look like a large one.
  if (low > 0 && low < high * 0.5) low = 0
  return low === high ? { low: low - 1, high: high + 1, height } : { low, high, height }
}

/** The dot line of a value, from the top; what lies outside is drawn at the edge. */
function dotRow(value: number, { low, high, height }: Scale): number {
  const share = Math.min(1, Math.max(0, (high - value) / (high - low)))
  return Math.round(share * (height * 4 - 1))
}

/** NaN for no value. */
const rowOf = (value: number, scale: Scale): number => Math.floor(dotRow(value, scale) / 4)

/** The value in the middle of a row. */
const valueOf = (row: number, { low, high, height }: Scale): number => high - ((row * 4 + 1.5) / (height * 4 - 1)) * (high - low)

function labelsOf({ lines, valueText }: PlotSpec, scale: Scale): readonly string[] {
  const labels = Array.from({ length: scale.height }, () => '')
  labels[0] = valueText(scale.high)
  labels[scale.height - 1] = valueText(scale.low)
  for (const level of ['warning', 'critical'] as const) {
    const line = lines[level]
    if (line !== undefined) labels[rowOf(line, scale)] = `${LABELS[level]} ${valueText(line)}`
  }
  return labels
}

/** Braille shapes, row by row. */
function dotsOf({ from, until, timestamps, values }: PlotSpec, scale: Scale, columns: number): Uint8Array {
  const shapes = new Uint8Array(columns * scale.height)
  const across = columns * 2
  const longest = 1.5 * middleStep(timestamps)
  const set = (x: number, y: number): void => {
    const cell = Math.floor(y / 4) * columns + Math.floor(x / 2)
    shapes[cell] = (shapes[cell] ?? 0) | (DOTS[x % 2 === 0 ? 0 : 1][y % 4] ?? 0)
  }
  let before: { readonly at: number; readonly x: number; readonly y: number } | undefined
  for (const [index, at] of timestamps.entries()) {
    const x = Math.min(across - 1, Math.max(0, Math.floor(((at - from) / (until - from)) * across)))
    const y = dotRow(values[index] ?? NaN, scale)
    if (Number.isNaN(y)) continue
    // Points that follow each other are joined; a gap stays one.
    const start = before !== undefined && at - before.at <= longest ? before : { x, y }
    for (let step = start.x; step <= x; step++) {
      const [left, right] = step === x ? [between(start, { x, y }, Math.max(start.x, step - 1)), y] : [between(start, { x, y }, step), between(start, { x, y }, step + 1)]
      for (let dot = Math.min(left, right); dot <= Math.max(left, right); dot++) set(step, dot)
    }
    before = { at, x, y }
  }
  return shapes
}

interface Dot {
  readonly x: number
  readonly y: number
}

const between = (a: Dot, b: Dot, x: number): number => (a.x === b.x ? a.y : Math.round(a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x)))

function middleStep(timestamps: readonly number[]): number {
  const steps = timestamps.slice(1, 1_000).map((at, index) => at - (timestamps[index] ?? at)).toSorted((a, b) => a - b)
  return steps[Math.floor(steps.length / 2)] ?? 0
}

/** For each column, whether a row lies in what was expected. */
function bandOf({ from, until, timestamps, expected = [] }: PlotSpec, scale: Scale, columns: number): readonly (((row: number) => boolean) | undefined)[] {
  const sums = Array.from({ length: columns }, () => ({ low: 0, high: 0, count: 0 }))
  for (const [index, range] of expected.entries()) {
    const sum = sums[Math.floor((((timestamps[index] ?? NaN) - from) / (until - from)) * columns)]
    if (range === undefined || sum === undefined) continue
    sum.low += range[0]
    sum.high += range[1]
    sum.count += 1
  }
  // Where there is less than a point a column, what was to be expected of one holds up to the next.
  const reach = Math.ceil((1.5 * middleStep(timestamps) * columns) / (until - from))
  return sums.map((_, column) => {
    const { low, high, count } = sums.slice(Math.max(0, column - reach), column + 1).findLast((sum) => sum.count > 0) ?? { low: 0, high: 0, count: 0 }
    return count === 0 ? undefined : (row) => valueOf(row, scale) >= low / count && valueOf(row, scale) <= high / count
  })
}

function levelOfRow(row: number, { lines, worse }: PlotSpec, scale: Scale): Level {
  const value = valueOf(row, scale)
  const past = (line: number | undefined): boolean => line !== undefined && (worse === 'high' ? value > line : value < line)
  return past(lines.critical) ? 'critical' : past(lines.warning) ? 'warning' : 'none'
}

interface Piece {
  readonly text: string
  readonly level: Level
  /** Stands back behind the series. */
  readonly faint?: boolean
}

/** Pieces of one look are coloured together. */
function painted(pieces: readonly Piece[], paint: Paint): string {
  const runs: { text: string; readonly look: Omit<Piece, 'text'> }[] = []
  for (const { text, level, faint = false } of pieces) {
    const last = runs.at(-1)
    if (last !== undefined && last.look.level === level && last.look.faint === faint) last.text += text
    else runs.push({ text, look: { level, faint } })
  }
  return runs.map(({ text, look: { level, faint } }) => (text.trim() === '' ? text : paint(level === 'none' ? (faint === true ? 'dim' : 'cyan') : faint === true ? colour(level) : levelStyle(level), text))).join('')
}

const colour = (level: Severity): 'red' | 'yellow' => (level === 'critical' ? 'red' : 'yellow')

/** Where alerts fired, one mark a column at least. */
function strip({ from, until, alerts }: PlotSpec, margin: number, columns: number, paint: Paint): string[] {
  if (alerts.length === 0) return []
  const cells: Piece[] = Array.from({ length: columns }, () => ({ text: ' ', level: 'none' }))
  const columnAt = (at: number): number => Math.min(columns - 1, Math.max(0, Math.floor(((at - from) / (until - from)) * columns)))
  for (const level of ['warning', 'critical'] as const) {
    for (const alert of alerts.filter((one) => one.level === level)) for (let column = columnAt(alert.from); column <= columnAt(Math.max(alert.from, alert.until - 1)); column++) cells[column] = { text: STRIPS[level], level }
  }
  return [`${STRIP.padStart(margin)} │${painted(cells, paint)}`.trimEnd()]
}

/** The axis of time, and what stands below it. A label that has no room is left out with its mark. */
function axis({ from, until, ticks }: PlotSpec, columns: number): readonly [line: string, labels: string] {
  const line = Array.from({ length: columns }, () => '─')
  let labels = ''
  for (const { at, text } of ticks(Math.max(1, Math.floor(columns / TICK_ROOM)))) {
    const column = Math.floor(((at - from) / (until - from)) * columns)
    const start = Math.max(0, column - Math.floor(text.length / 2))
    if (start + text.length > columns || (labels !== '' && start < labels.length + 2)) continue
    line[column] = '┴'
    labels = labels.padEnd(start) + text
  }
  return [line.join(''), labels]
}
