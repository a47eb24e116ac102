import { formatQuantity } from '@tocsin/core'
import type { CoursePoint, Figures, Row } from '../figures.ts'
import { areaPath, gapsOf, linePath, stretchesOf, worstPoint } from './curve.ts'
import { PALETTE } from './palette.ts'
import { type Scale, scaleOf, shareOf } from './scale.ts'
import { timeTicks } from './time-ticks.ts'

export const CHART = { width: 600, height: 172 } as const
/** The part that the curve may use; beside it stand the labels, which on a phone are half as large. */
const PLOT = { left: 66, right: 494, top: 16, bottom: 142 } as const
const NARROWEST_LABELLED_GAP = 54

/** The course of a row over the period: its average in the spread from low to high, bands from its lines on, gaps where nothing was measured. */
export function chart(row: Pick<Row, 'course' | 'unit' | 'worse' | 'lines'>, { period, timeZone }: Pick<Figures, 'period' | 'timeZone'>): string {
  const points = row.course.filter((point) => point !== undefined)
  const stretches = stretchesOf(row.course)
  const scale = scaleOf(points, row.lines, row.unit)
  const x = (at: number): number => PLOT.left + ((at - period.from) / (period.until - period.from)) * (PLOT.right - PLOT.left)
  const y = (value: number): number => PLOT.bottom - shareOf(value, scale) * (PLOT.bottom - PLOT.top)
  const place = (of: (point: CoursePoint) => number) => (point: CoursePoint): readonly [number, number] => [x((point.from + point.until) / 2), y(of(point))]
  const holes = gapsOf(stretches, period).map((gap) => ({ left: x(gap.from), right: x(gap.until) }))
  const average = place((point) => point.average)
  const width = (point: CoursePoint): number => x(point.until) - x(point.from)

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${CHART.width}" height="${CHART.height}" viewBox="0 0 ${CHART.width} ${CHART.height}" font-family="Inter" font-size="13">`,
    ...bands(row, scale, y),
    ...scale.ticks.map((tick) => horizontal(y(tick), PALETTE.grid)),
    ...holes.map(hole),
    ...days({ period, timeZone }, x),
    ...holes.map(holeLabel),
    ...scale.ticks.map((tick) => text(PLOT.left - 8, y(tick) + 4, 'end', PALETTE.muted, formatQuantity(tick, row.unit))),
    ...stretches.map((stretch) => `<path d="${areaPath(stretch, place((point) => point.high), place((point) => point.low))}" fill="${PALETTE.spread}" fill-opacity="0.75"/>`),
    ...stretches.map((stretch) => `<path d="${linePath(stretch, average, width)}" fill="none" stroke="${PALETTE.ink}" stroke-width="1.75" stroke-linejoin="round" stroke-linecap="round"/>`),
    ...peak(worstPoint(points, row.worse), row, place),
    '</svg>',
  ].join('')
}

/** From the line on to the edge that is worse; red lies over amber. */
function bands({ lines, worse, unit }: Pick<Row, 'lines' | 'worse' | 'unit'>, scale: Scale, y: (value: number) => number): readonly string[] {
  const drawn = [
    { line: lines.warning, word: 'amber', color: PALETTE.amber, fill: PALETTE.amberBand },
    { line: lines.critical, word: 'red', color: PALETTE.red, fill: PALETTE.redBand },
  ].flatMap(({ line, ...look }) => (line === undefined || line < scale.low || line > scale.high ? [] : [{ ...look, line }]))
  const areas = drawn.map(({ line, fill }) => {
    const [top, bottom] = worse === 'high' ? [PLOT.top, y(line)] : [y(line), PLOT.bottom]
    return `<rect x="${PLOT.left}" y="${top.toFixed(1)}" width="${PLOT.right - PLOT.left}" height="${(bottom - top).toFixed(1)}" fill="${fill}"/>`
  })
  const places = apart(drawn.map(({ line }) => y(line)))
  const labels = drawn.map(({ line, word, color }, index) => text(PLOT.right + 8, (places[index] ?? y(line)) + 4, 'start', color, `${word} ${formatQuantity(line, unit)}`))
  return [...areas, ...labels]
}

/** Two labels that would lie on each other move apart. */
function apart(places: readonly number[]): readonly number[] {
  const [first, second] = places
  if (first === undefined || second === undefined || Math.abs(first - second) >= 15) return places
  const middle = (first + second) / 2
  return first > second ? [middle + 7.5, middle - 7.5] : [middle - 7.5, middle + 7.5]
}

function days({ period, timeZone }: Pick<Figures, 'period' | 'timeZone'>, x: (at: number) => number): readonly string[] {
  const ticks = timeTicks(period, timeZone)
  return ticks.flatMap(({ at, label }, index) => {
    const right = x(ticks[index + 1]?.at ?? period.until)
    // A day is named in its middle; a time stands where it is.
    const inMiddle = period.kind === 'week'
    return [
      `<path d="M${x(at).toFixed(1)} ${PLOT.top}V${PLOT.bottom + 5}" stroke="${PALETTE.grid}"/>`,
      text(inMiddle ? (x(at) + right) / 2 : x(at), PLOT.bottom + 21, 'middle', PALETTE.muted, label),
    ]
  })
}

interface Hole {
  readonly left: number
  readonly right: number
}

const hole = ({ left, right }: Hole): string => `<rect x="${left.toFixed(1)}" y="${PLOT.top}" width="${(right - left).toFixed(1)}" height="${PLOT.bottom - PLOT.top}" fill="${PALETTE.gap}"/>`

function holeLabel({ left, right }: Hole): string {
  return right - left < NARROWEST_LABELLED_GAP ? '' : text((left + right) / 2, (PLOT.top + PLOT.bottom) / 2 + 4, 'middle', PALETTE.muted, 'no data', ` stroke="${PALETTE.gap}" stroke-width="6" paint-order="stroke"`)
}

function peak(worst: CoursePoint | undefined, { worse, unit }: Pick<Row, 'worse' | 'unit'>, place: (of: (point: CoursePoint) => number) => (point: CoursePoint) => readonly [number, number]): readonly string[] {
  if (worst === undefined) return []
  const value = worse === 'high' ? worst.high : worst.low
  const [x, y] = place(() => value)(worst)
  // Away from the curve; at the edge there is no room for that, so the label stands beside it.
  const beside = (worse === 'high' ? y - PLOT.top : PLOT.bottom - y) < 20
  const anchor = beside ? (x < PLOT.left + 60 ? 'start' : 'end') : x < PLOT.left + 30 ? 'start' : x > PLOT.right - 30 ? 'end' : 'middle'
  return [
    `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" fill="${PALETTE.ink}" stroke="#ffffff" stroke-width="1.25"/>`,
    text(beside ? (anchor === 'end' ? x - 8 : x + 8) : x, beside ? y + (worse === 'high' ? 9 : -1) : worse === 'high' ? y - 7 : y + 17, anchor, PALETTE.ink, formatQuantity(value, unit), ' stroke="#ffffff" stroke-width="3" stroke-linejoin="round" paint-order="stroke"'),
  ]
}

const horizontal = (y: number, color: string): string => `<path d="M${PLOT.left} ${y.toFixed(1)}H${PLOT.right}" stroke="${color}"/>`

function text(x: number, y: number, anchor: 'start' | 'middle' | 'end', color: string, content: string, more = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${color}"${more}>${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`
}
