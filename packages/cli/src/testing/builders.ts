import type { AlertRecord, AlertState, CycleResult, Level, Observation, Resource } from '@tocsin/core'

export const NOON = Date.parse('2026-01-05T12:00:00Z')

const resource = (name: string): Resource => ({ id: `arn:${name}`, type: 'ec2', name, account: 'prod', region: 'us-west-2', tags: {} })

export function anObservation(name: string, over: Partial<Observation> = {}): Observation {
  return { resource: resource(name), rule: 'ec2.cpu', metric: 'cpu', unit: 'percent', dimensions: {}, at: NOON, value: 42, level: 'none', phase: 'inactive', health: 'ok', ...over }
}

/** A firing alert of the resource of that name, ten minutes old. */
export function anAlert(name: string, level: Level, over: Partial<AlertState> = {}): AlertRecord {
  const firedAt = NOON - 10 * 60_000
  const clock = { phase: 'firing', latched: true, since: firedAt } as const
  return {
    subject: {
      fingerprint: `${name}-0011223344556677`,
      monitor: 'main',
      rule: 'ec2.cpu',
      metric: 'cpu',
      unit: 'percent',
      resource: resource(name),
      dimensions: {},
      labels: {},
      annotations: {},
      for: { warning: 0, critical: 0 },
    },
    state: {
      phase: 'firing',
      level,
      health: 'ok',
      warning: clock,
      critical: clock,
      reached: level,
      slots: level === 'critical' ? 'c' : 'w',
      frozen: 0,
      changed: 0,
      flapping: false,
      lastAt: NOON,
      value: 91,
      reason: '> 80%',
      absences: 0,
      episode: { id: `${name}-1`, startedAt: firedAt, firedAt, firedValue: 85, peak: 93, worstLevel: level, recent: [85, 91], fires: 1 },
      ...over,
    },
  }
}

export function aCycle(over: Partial<CycleResult> = {}): CycleResult {
  return { monitor: 'main', at: NOON, observations: [], alerts: [], transitions: [], failures: [], notifications: [], decisions: [], deliveries: [], recordings: [], ...over }
}
