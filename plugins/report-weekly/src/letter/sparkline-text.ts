import type { RowView } from './row-view.ts'

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
const COLUMNS = 24

/** `▁▂▅█·▃▁`: the course in a few characters, its worst value in each, a dot where there is no data. Empty without any. */
export function sparklineText({ course, worse }: Pick<RowView, 'course' | 'worse'>, columns = COLUMNS): string {
  const extreme = course.map((point) => (worse === 'high' ? point?.high : point?.low))
  const count = Math.min(columns, extreme.length)
  const buckets = Array.from({ length: count }, (_, index) => {
    const part = extreme.slice(Math.floor((index * extreme.length) / count), Math.floor(((index + 1) * extreme.length) / count)).filter((value) => value !== undefined)
    return part.length === 0 ? undefined : part.reduce((a, b) => (worse === 'high' ? Math.max(a, b) : Math.min(a, b)))
  })
  const finite = buckets.filter((value): value is number => value !== undefined && Number.isFinite(value))
  if (buckets.every((value) => value === undefined)) return ''
  const [low, high] = finite.length === 0 ? [0, 1] : [Math.min(...finite), Math.max(...finite)]
  return buckets.map((value) => (value === undefined ? '·' : barOf(value, low, high))).join('')
}

function barOf(value: number, low: number, high: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '█' : '▁'
  return BARS[high === low ? 3 : Math.round(((value - low) / (high - low)) * (BARS.length - 1))] ?? '▄'
}
