import { type AlertRecord, type CycleResult, formatQuantity, type Unit } from '@tocsin/core'
import { cycleRows } from './cycle-rows.ts'

/** A cycle as `run --json` prints it. Times are ISO 8601 in UTC. */
export function cycleJson(result: CycleResult, dryRun: boolean) {
  const rows = cycleRows(result)
  return {
    monitor: result.monitor,
    at: isoTime(result.at),
    dryRun,
    watched: rows.length,
    critical: rows.filter(({ level }) => level === 'critical').length,
    warning: rows.filter(({ level }) => level === 'warning').length,
    observations: result.observations.map(({ at, value, ...observation }) => ({ ...observation, at: isoTime(at), ...amountJson(value, observation.unit) })),
    alerts: result.alerts.map(alertJson),
    transitions: result.transitions.map((transition) => ({ ...transition, at: isoTime(transition.at), value: finite(transition.value) })),
    deliveries: result.deliveries,
  }
}

/** An alert as `run --json` and `alerts --json` print it. */
export function alertJson({ subject, state }: AlertRecord) {
  const { episode } = state
  return {
    fingerprint: subject.fingerprint,
    level: state.level,
    phase: state.phase,
    health: state.health,
    rule: subject.rule,
    metric: subject.metric,
    unit: subject.unit,
    resource: subject.resource,
    dimensions: subject.dimensions,
    labels: subject.labels,
    ...amountJson(state.value, subject.unit),
    reason: state.reason,
    since: isoTime(episode?.firedAt ?? episode?.startedAt ?? Number.NaN),
    episode: episode?.id ?? null,
  }
}

/** JSON has neither NaN nor infinity: `value` is null for both, `text` tells them apart. */
const amountJson = (value: number, unit: Unit): { value: number | null; text: string } => ({ value: finite(value), text: formatQuantity(value, unit) })

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** Null where there is no time. */
export const isoTime = (at: number): string | null => (Number.isFinite(at) ? new Date(at).toISOString() : null)
