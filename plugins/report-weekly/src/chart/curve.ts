import type { CoursePoint } from '../figures.ts'

/** Points that follow one another without a gap. */
export type Stretch = readonly CoursePoint[]

/** A span of time without points between, before or after others. */
export interface Gap {
  readonly from: number
  readonly until: number
}

/** The stretches of a course, oldest first: a line drawn across a gap would claim values that nobody measured. */
export function stretchesOf(course: readonly (CoursePoint | undefined)[]): readonly Stretch[] {
  const stretches: CoursePoint[][] = []
  let open = false
  for (const point of course) {
    if (point === undefined) open = false
    else if (open) stretches.at(-1)?.push(point)
    else {
      stretches.push([point])
      open = true
    }
  }
  return stretches
}

/** What the stretches leave out of a span of time. */
export function gapsOf(stretches: readonly Stretch[], { from, until }: Gap): readonly Gap[] {
  const edges = [from, ...stretches.flatMap((stretch) => [stretch[0]?.from ?? from, stretch.at(-1)?.until ?? from]), until]
  return Array.from({ length: edges.length / 2 }, (_, index) => ({ from: edges[2 * index] ?? from, until: edges[2 * index + 1] ?? until })).filter((gap) => gap.until > gap.from)
}

/** The worst point: where `worse` is `high` the one that rose highest, else the one that fell lowest; the first of several. */
export function worstPoint(points: readonly CoursePoint[], worse: 'high' | 'low'): CoursePoint | undefined {
  return points.reduce<CoursePoint | undefined>((worst, point) => (worst !== undefined && !(worse === 'high' ? point.high > worst.high : point.low < worst.low) ? worst : point), undefined)
}

type Place = (point: CoursePoint) => readonly [x: number, y: number]

const coordinate = (value: number): string => String(Number(value.toFixed(1)))

/** A line through the points of a stretch; a lone point becomes a dash as wide as its time. */
export function linePath(stretch: Stretch, place: Place, width: (point: CoursePoint) => number): string {
  const [only, next] = stretch
  if (only !== undefined && next === undefined) {
    const [x, y] = place(only)
    const half = Math.max(1, width(only) / 2)
    return `M${coordinate(x - half)} ${coordinate(y)}H${coordinate(x + half)}`
  }
  return stretch.map((point, index) => `${index === 0 ? 'M' : 'L'}${place(point).map(coordinate).join(' ')}`).join('')
}

/** The closed area between two lines through a stretch. */
export function areaPath(stretch: Stretch, upper: Place, lower: Place): string {
  const edge = [...stretch.map(upper), ...stretch.map(lower).toReversed()]
  return edge.length < 4 ? '' : `${edge.map((at, index) => `${index === 0 ? 'M' : 'L'}${at.map(coordinate).join(' ')}`).join('')}Z`
}
