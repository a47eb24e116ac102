import type { Period, Row } from '../figures.ts'
import { areaPath, linePath, stretchesOf, worstPoint } from './curve.ts'
import { PALETTE } from './palette.ts'
import { scaleOf, shareOf } from './scale.ts'

export const SPARKLINE = { width: 112, height: 28 } as const
const EDGE = 3

/** The course of a row as one small line, with a dot where it was worst. Its lines are left out: only the shape matters. */
export function sparkline(row: Pick<Row, 'course' | 'unit' | 'worse' | 'worst'>, { from, until }: Pick<Period, 'from' | 'until'>): string {
  const { width, height } = SPARKLINE
  const points = row.course.filter((point) => point !== undefined)
  const scale = scaleOf(points, {}, row.unit)
  const x = (at: number): number => EDGE + ((at - from) / (until - from)) * (width - 2 * EDGE)
  const y = (value: number): number => height - EDGE - shareOf(value, scale) * (height - 2 * EDGE)
  const worst = worstPoint(points, row.worse)
  const stretches = stretchesOf(row.course)
  const place = (point: (typeof points)[number]): readonly [number, number] => [x((point.from + point.until) / 2), y(row.worse === 'high' ? point.high : point.low)]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    ...stretches.map((stretch) => `<path d="${areaPath(stretch, place, (point) => [place(point)[0], height - EDGE])}" fill="${PALETTE.grid}"/>`),
    ...stretches.map((stretch) => `<path d="${linePath(stretch, place, (point) => x(point.until) - x(point.from))}" fill="none" stroke="${PALETTE.ink}" stroke-width="1.25" stroke-linejoin="round"/>`),
    worst === undefined ? '' : `<circle cx="${place(worst)[0].toFixed(1)}" cy="${place(worst)[1].toFixed(1)}" r="2.5" fill="${row.worst === 'critical' ? PALETTE.red : row.worst === 'warning' ? PALETTE.amber : PALETTE.muted}"/>`,
    '</svg>',
  ].join('')
}
