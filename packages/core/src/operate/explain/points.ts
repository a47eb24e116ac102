import type { Monitor } from '../../config/monitor.ts'
import { formatDuration } from '../../model/duration.ts'
import { formatQuantity } from '../../model/quantity.ts'
import type { Store } from '../../store/store.ts'
import type { Evidence } from './evidence.ts'
import type { ExplainedPoint, ExplainedStep, Explanation } from './explanation.ts'
import type { Scene } from './scene.ts'

/** Slots before the episode that are shown too: what led to it. */
const BEFORE = 5
/** The most points that one line names. */
const MOST_NAMED = 8

export interface PointsRead {
  readonly points: readonly ExplainedPoint[]
  readonly gaps: Explanation['gaps']
}

/** The points of the alert's series over its episode, with the slots in which one was due and is missing. */
export async function readPoints(store: Store, monitor: Pick<Monitor, 'name' | 'history'>, { subject, from }: Evidence, at: number, now: number): Promise<PointsRead> {
  const gap = (code: 'historyOff' | 'pointsForgotten' | 'noPoints', text: string): PointsRead => ({ points: [], gaps: [{ code, text }] })
  const { history } = store
  if (history === undefined) return gap('historyOff', 'points are not kept: a store in memory has no history')
  if (subject === undefined) return { points: [], gaps: [] }
  const kept = formatDuration(monitor.history.points)
  if (at < now - monitor.history.points) return gap('pointsForgotten', `the points of that time are gone: they are kept for ${kept}`)
  const { resource, metric, dimensions } = subject
  const known = await history.series({ monitor: monitor.name, metric, resource: resource.id })
  const series = known.find((one) => one.resource.account === resource.account && one.resource.region === resource.region && sameLabels(one.labels, dimensions))
  const lead = BEFORE * (series?.period ?? 0)
  const [found] = series === undefined ? [] : await history.points({ series: [series.id], from: from - lead, until: at + 1 })
  if (series === undefined) return gap('noPoints', 'there are no points of its series: it is not measured')
  if (found === undefined) return gap('noPoints', 'there are no points of its series around that time')
  const points = Array.from(found.timestamps, (time, index) => ({ at: time, value: found.values[index] ?? NaN }))
  const forgotten = from - lead < now - monitor.history.points
  return { points: withMissing(points, series.period), gaps: forgotten ? [{ code: 'pointsForgotten', text: `the first points of the episode are gone: they are kept for ${kept}` }] : [] }
}

function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, value]) => b[name] === value)
}

/** The longest gap that is shown slot by slot. */
const LONGEST_GAP = 200

function withMissing(points: readonly ExplainedPoint[], period: number): ExplainedPoint[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1]
    const slots = before === undefined || !(period > 0) ? 0 : Math.min(LONGEST_GAP, Math.round((point.at - before.at) / period) - 1)
    return [...Array.from({ length: Math.max(0, slots) }, (_, slot) => ({ at: (before?.at ?? 0) + (slot + 1) * period, value: NaN })), point]
  })
}

/** The points between two changes of the alert, one line for each stretch. Those that no judgement has seen yet are provisional. */
export function pointSteps({ events, alert, subject, current }: Scene, points: readonly ExplainedPoint[]): ExplainedStep[] {
  const ends = [...new Set(events.map(({ at }) => at))]
  const judgedUntil = current && alert !== undefined ? alert.state.lastAt : Infinity
  const stretches = Map.groupBy(points, ({ at }) => (at > judgedUntil ? 'provisional' : (ends.find((end) => at <= end) ?? Infinity)))
  return [...stretches].flatMap(([stretch, all]) => {
    const last = all.at(-1)
    if (last === undefined || subject === undefined) return []
    const named = all.slice(-MOST_NAMED).map(({ value }) => (Number.isNaN(value) ? 'missing' : formatQuantity(value, subject.unit)))
    const missing = all.filter(({ value }) => Number.isNaN(value)).length
    const rest = all.length - named.length
    const count = `${rest > 0 ? `${all.length} points, the newest: ` : ''}${named.join(' ')}${missing > 0 ? ` (${missing} missing)` : ''}`
    return [{ at: last.at, link: 'points' as const, code: stretch === 'provisional' ? ('provisional' as const) : missing > 0 ? ('missing' as const) : ('points' as const), text: stretch === 'provisional' ? `${count}, which may still change and decide nothing yet` : count }]
  })
}
