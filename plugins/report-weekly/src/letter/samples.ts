import type { Figures, Row } from '../figures.ts'
import { letterView } from './view.ts'

const HOUR = 3_600_000
const FROM = Date.UTC(2026, 7, 17)
const UNTIL = FROM + 168 * HOUR

const row = (name: string, over: Partial<Row>): Row => ({
  resource: { id: name, type: 'ec2', name, account: 'prod', region: 'us-west-2', tags: {} },
  rule: 'ec2.cpu',
  metric: 'cpu',
  dimensions: {},
  unit: 'percent',
  worse: 'high',
  worst: 'critical',
  level: 'warning',
  values: { low: 8, lowAt: FROM, average: 47, high: 97, highAt: FROM + HOUR, p95: 88 },
  before: { low: 6, average: 41, high: 78, p95: 70 },
  minutes: { amber: 95, red: 312 },
  fired: 4,
  coverage: 0.9,
  course: [{ from: FROM, until: UNTIL, low: 8, average: 47, high: 97 }],
  lines: { warning: 60, critical: 80 },
  ...over,
})

const EMPTY: Figures = {
  monitor: 'main',
  period: { kind: 'week', from: FROM, until: UNTIL, name: 'Week 34' },
  timeZone: 'UTC',
  at: UNTIL,
  rows: [],
  coverage: { watched: 0, expected: 0, silent: [], gaps: [] },
  counts: { now: { red: 0, amber: 0 } },
  noise: [],
  response: { now: { acknowledged: 0, resolved: 0 } },
  channels: [],
  failures: [],
}

const FULL: Figures = {
  ...EMPTY,
  rows: [row('web-3', {}), row('web-4', { worst: 'warning' })],
  coverage: { watched: 13, expected: 14, silent: [row('db-1', {}).resource], gaps: [{ resource: row('web-3', {}).resource, metric: 'cpu', coverage: 0.9 }] },
  counts: { now: { red: 1, amber: 1 }, before: { red: 3, amber: 7 } },
  noise: [{ rule: 'ec2.cpu', level: 'warning', fired: 31, ignored: 29, suggestion: { from: 60, to: 72, unit: 'percent', fires: 1 } }],
  response: { now: { acknowledged: 11, resolved: 34, toAcknowledge: 540_000, toResolve: 2_820_000 }, before: { acknowledged: 8, resolved: 29, toAcknowledge: 840_000, toResolve: 3_060_000 } },
  channels: [{ receiver: 'mail', delivered: 12, failed: 1, reason: 'no answer within 15s' }],
  cost: { calls: 20_160, billedMetrics: 282_240, usd: 2.82, usdPerMonth: 12.1 },
  failures: [{ source: 'ec2 prod us-west-2', reason: 'the source throttles', minutes: 35 }],
}

/** Has every part, so that a misspelt name is found in branches that are seldom taken. */
export const FULL_LETTER = letterView(FULL, 1, [])

/** Has only what every letter has: the other branches. */
export const EMPTY_LETTER = letterView(EMPTY, 1, [])
