import type { Level, Resource } from '@tocsin/core'
import type { CoursePoint, Figures, Row } from '../figures.ts'

const HOUR = 3_600_000

/** Week 34 of 2026 in Berlin: Monday 17 August to Sunday. */
export const WEEK = { from: Date.parse('2026-08-16T22:00:00Z'), until: Date.parse('2026-08-23T22:00:00Z') }

export const aResource = (name: string, over: Partial<Resource> = {}): Resource => ({
  id: `arn:aws:ec2:eu-central-1:123456789012:instance/${name}`,
  type: 'ec2',
  name,
  account: 'prod',
  region: 'eu-central-1',
  tags: {},
  ...over,
})

/** A number from 0 to 1 that depends on its arguments alone. */
const noise = (seed: number, step: number): number => {
  const value = Math.sin(seed * 127.1 + step * 311.7) * 43_758.5453
  return value - Math.floor(value)
}

export interface Shape {
  readonly base: number
  /** Added in the hours of work. */
  readonly day: number
  readonly noise: number
  /** Hours (of the week) in which it stands at `value`. */
  readonly spikes?: readonly { readonly from: number; readonly to: number; readonly value: number }[]
  /** Hours without points. */
  readonly gaps?: readonly (readonly [from: number, to: number])[]
  readonly most?: number
  readonly slope?: number
}

/** An hourly course with days and nights. */
export function aCourse(shape: Shape, seed: number, { from, until }: { readonly from: number; readonly until: number } = WEEK): readonly (CoursePoint | undefined)[] {
  const most = shape.most ?? Infinity
  return Array.from({ length: Math.round((until - from) / HOUR) }, (_, hour) => {
    if (shape.gaps?.some(([first, last]) => hour >= first && hour < last)) return undefined
    const spike = shape.spikes?.find((one) => hour >= one.from && hour < one.to)
    const light = Math.max(0, Math.sin((((hour % 24) - 6) / 16) * Math.PI))
    const middle = (spike?.value ?? shape.base + shape.day * light + (shape.slope ?? 0) * hour) + (noise(seed, hour) - 0.5) * shape.noise
    const spread = shape.noise * (0.6 + noise(seed + 1, hour))
    const clamp = (value: number): number => Math.min(most, Math.max(0, value))
    return { from: from + hour * HOUR, until: from + (hour + 1) * HOUR, low: clamp(middle - spread), average: clamp(middle), high: clamp(middle + spread) }
  })
}

/** A row of which the values follow from its course. */
export function aRow(name: string, metric: string, over: Partial<Row> = {}): Row {
  const course = over.course ?? aCourse({ base: 20, day: 30, noise: 8, most: 100 }, name.length + metric.length)
  const points = course.filter((point) => point !== undefined)
  const high = points.reduce<CoursePoint | undefined>((most, point) => (most === undefined || point.high > most.high ? point : most), undefined)
  const low = points.reduce<CoursePoint | undefined>((least, point) => (least === undefined || point.low < least.low ? point : least), undefined)
  const highs = points.map((point) => point.high).sort((a, b) => a - b)
  const worst: Level = over.worst ?? 'none'
  return {
    resource: aResource(name),
    rule: `ec2.${metric}`,
    metric,
    dimensions: {},
    unit: 'percent',
    worse: 'high',
    worst,
    level: 'none',
    ...(high === undefined || low === undefined
      ? {}
      : { values: { low: low.low, lowAt: low.from, average: points.reduce((sum, point) => sum + point.average, 0) / points.length, high: high.high, highAt: high.from + 5 * 60_000, p95: highs[Math.floor(highs.length * 0.95)] ?? high.high } }),
    minutes: { amber: 0, red: 0 },
    fired: 0,
    coverage: points.length / course.length,
    course,
    lines: { warning: 60, critical: 80 },
    ...over,
  }
}

/** A week in which nothing happened to nothing. */
export function anEmptyWeek(over: Partial<Figures> = {}): Figures {
  return {
    monitor: 'main',
    period: { kind: 'week', ...WEEK, name: 'Week 34' },
    timeZone: 'Europe/Berlin',
    at: WEEK.until + 6 * HOUR,
    rows: [],
    coverage: { watched: 0, expected: 0, silent: [], gaps: [] },
    counts: { now: { red: 0, amber: 0 } },
    noise: [],
    response: { now: { acknowledged: 0, resolved: 0 } },
    channels: [],
    failures: [],
    ...over,
  }
}

/** A week as it comes: two red, five amber, gaps, noise, a channel that failed once. */
export function aBusyWeek(over: Partial<Figures> = {}): Figures {
  const rows = [
    aRow('web-3', 'cpu', { worst: 'critical', level: 'critical', minutes: { amber: 395, red: 1_080 }, fired: 4, before: { low: 6, average: 41, high: 78, p95: 70 }, course: aCourse({ base: 22, day: 34, noise: 9, most: 100, spikes: [{ from: 58, to: 64, value: 90 }, { from: 156, to: 168, value: 86 }], gaps: [[80, 92]] }, 3) }),
    aRow('orders-db', 'connections', { resource: aResource('orders-db', { type: 'rds' }), rule: 'rds.connections', unit: 'count', worst: 'critical', minutes: { amber: 610, red: 145 }, fired: 6, lines: { warning: 400, critical: 480 }, before: { low: 22, average: 205, high: 395, p95: 362 }, course: aCourse({ base: 120, day: 230, noise: 40, spikes: [{ from: 105, to: 109, value: 490 }] }, 5) }),
    aRow('files-1', 'freeSpace', { resource: aResource('files-1', { type: 'host' }), rule: 'host.freeSpace', unit: 'bytes', worse: 'low', worst: 'warning', level: 'warning', minutes: { amber: 2_380, red: 0 }, fired: 1, lines: { warning: 40e9, critical: 15e9 }, before: { low: 88e9, average: 104e9, high: 121e9, p95: 119e9 }, dimensions: { mount: '/srv' }, course: aCourse({ base: 92e9, day: 0, noise: 2e9, slope: -0.42e9 }, 7) }),
    aRow('web-7', 'cpu', { worst: 'warning', minutes: { amber: 212, red: 0 }, fired: 9, before: { low: 9, average: 40, high: 66, p95: 58 }, course: aCourse({ base: 18, day: 46, noise: 7, most: 100 }, 11) }),
    aRow('web-9', 'cpu', { worst: 'warning', minutes: { amber: 141, red: 0 }, fired: 8, course: aCourse({ base: 20, day: 44, noise: 8, most: 100, gaps: [[0, 61]] }, 13), cameAt: WEEK.from + 61 * HOUR }),
    aRow('api', 'latency', { resource: aResource('api', { type: 'host' }), rule: 'host.latency', unit: 'seconds', worst: 'warning', minutes: { amber: 65, red: 0 }, fired: 2, lines: { warning: 0.5, critical: 2 }, before: { low: 0.03, average: 0.11, high: 0.4, p95: 0.21 }, course: aCourse({ base: 0.08, day: 0.1, noise: 0.05, spikes: [{ from: 34, to: 35, value: 0.7 }] }, 17) }),
    aRow('queue', 'age', { resource: aResource('queue', { type: 'sqs' }), rule: 'sqs.age', unit: 'seconds', worst: 'warning', minutes: { amber: 30, red: 0 }, fired: 1, lines: { warning: 300, critical: 900 }, before: { low: 0, average: 14, high: 210, p95: 60 }, course: aCourse({ base: 10, day: 20, noise: 18, spikes: [{ from: 130, to: 131, value: 420 }] }, 19) }),
    ...Array.from({ length: 7 }, (_, index) => aRow(`batch-${index + 1}`, 'cpu')),
  ]
  return anEmptyWeek({
    rows,
    coverage: { watched: 14, expected: 14, silent: [], gaps: [{ resource: aResource('web-3'), metric: 'cpu', coverage: 156 / 168 }] },
    counts: { now: { red: 2, amber: 5 }, before: { red: 3, amber: 7 } },
    noise: [{ rule: 'ec2.cpu', level: 'warning', fired: 31, ignored: 29, suggestion: { from: 60, to: 72, unit: 'percent', fires: 1 } }],
    response: { now: { acknowledged: 11, resolved: 34, toAcknowledge: 9 * 60_000, toResolve: 47 * 60_000 }, before: { acknowledged: 8, resolved: 29, toAcknowledge: 14 * 60_000, toResolve: 51 * 60_000 } },
    channels: [
      { receiver: 'ops', delivered: 61, failed: 0 },
      { receiver: 'mail', delivered: 12, failed: 1, reason: 'no answer within 15s' },
    ],
    cost: { calls: 20_160, billedMetrics: 282_240, usd: 2.82, usdPerMonth: 12.1 },
    failures: [{ source: 'ec2 prod eu-central-1', reason: 'the source throttles', minutes: 35 }],
    ...over,
  })
}
