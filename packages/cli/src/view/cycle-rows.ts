import { type AlertRecord, type AlertSubject, type CycleResult, formatQuantity, type Health, type Level, levelWord, type Observation, rank, type Resource, oneLine } from '@tocsin/core'

/** One watched series as a line of the table. Every text is safe to print. */
export interface CycleRow {
  /** The series' identity, stable from cycle to cycle. */
  readonly key: string
  readonly level: Level
  /** What stands in the first column: `RED`, `AMBER`, `PENDING`, `NO DATA`, `OK`. */
  readonly state: string
  readonly resource: string
  /** The resource's own name in AWS, or whatever else it is known by. */
  readonly id: string
  readonly place: string
  readonly metric: string
  readonly value: string
  /** When it fired, or left `inactive` while it is pending; milliseconds since the epoch. */
  readonly since: number | undefined
  /** Why it is not OK. */
  readonly note: string
}

/**
 * The watched series, worst first, otherwise in the order of the configuration. Alerts without a series stand among them: those whose
 * source could not be read, and those of Tocsin about itself.
 */
export function cycleRows({ observations, alerts }: Pick<CycleResult, 'observations' | 'alerts'>): CycleRow[] {
  const alertOf = new Map(alerts.map((alert) => [seriesKey(alert.subject), alert]))
  const seen = new Set(observations.map(seriesKey))
  const unseen = alerts.filter(({ subject }) => !seen.has(seriesKey(subject))).map(({ subject, state }) => ({ ...subject, ...state }))
  return [...observations, ...unseen]
    .map((shown) => ({ shown, row: rowOf(shown, alertOf.get(seriesKey(shown))) }))
    .toSorted((a, b) => urgency(b.shown) - urgency(a.shown))
    .map(({ row }) => row)
}

/** Whether an alert is about a source or a channel of the monitor, and not about what is watched. */
export const isAboutItself = ({ rule }: Pick<AlertSubject, 'rule'>): boolean => rule.startsWith('tocsin.')

/** Names a series by what makes it one: resource, rule and dimensions. */
export function seriesKey({ resource, rule, dimensions }: Pick<Observation, 'resource' | 'rule' | 'dimensions'>): string {
  return JSON.stringify([resource.id, rule, Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))])
}

/** `prod us-west-2`; empty for what has neither account nor region. */
export const placeOf = ({ account, region }: Pick<Resource, 'account' | 'region'>): string =>
  [account, region].filter((part) => part !== undefined).map(oneLine).join(' ')

/** `disk /var`. */
export const metricOf = ({ metric, dimensions }: Pick<Observation, 'metric' | 'dimensions'>): string =>
  [metric, ...Object.values(dimensions)].map(oneLine).join(' ')

/** The word for an alert's or a series' state, colour or not. */
export function stateWord({ level, phase, health }: Pick<Observation, 'level' | 'phase' | 'health'>): string {
  if (level !== 'none') return levelWord(level)
  if (phase === 'pending') return 'PENDING'
  return UNWELL[health] ?? 'OK'
}

const UNWELL: Partial<Record<Health, string>> = { noData: 'NO DATA', error: 'ERROR', warmingUp: 'WARM-UP', paused: 'PAUSED' }

const UNKNOWN: Partial<Record<Health, string>> = { noData: 'no data', error: 'source unreadable', paused: 'paused' }

/** What a row is made of: an observation, or an alert in its place. */
type Shown = Pick<Observation, 'resource' | 'rule' | 'metric' | 'unit' | 'dimensions' | 'value' | 'level' | 'phase' | 'health'>

function rowOf(observation: Shown, alert: AlertRecord | undefined): CycleRow {
  return {
    key: seriesKey(observation),
    level: observation.level,
    state: stateWord(observation),
    resource: oneLine(observation.resource.name),
    id: observation.resource.id,
    place: placeOf(observation.resource),
    metric: metricOf(observation),
    value: formatQuantity(observation.value, observation.unit),
    since: alert?.state.episode?.firedAt ?? alert?.state.episode?.startedAt,
    note: noteOf(observation, alert),
  }
}

/** Why a series is as it is: the evaluator's words, and what stands against them. */
export function noteOf({ phase, health }: Pick<Observation, 'phase' | 'health'>, alert: AlertRecord | undefined): string {
  const reason = phase === 'recovering' ? 'recovering' : phase === 'inactive' || alert === undefined ? undefined : oneLine(alert.state.reason)
  return [reason, UNKNOWN[health]].filter(Boolean).join(', ')
}

function urgency({ level, phase, health }: Shown): number {
  return rank(level) * 4 + (phase === 'pending' ? 2 : 0) + (health === 'noData' || health === 'error' ? 1 : 0)
}
