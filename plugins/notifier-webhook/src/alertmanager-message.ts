import { composeTitle, type Labels, type Level, type Notification, type NotifiedAlert, type ResolveReason, type Unit } from '@tocsin/core'

/** The body: Alertmanager's webhook message, version 4, and one object of our own. */
export interface AlertmanagerMessage {
  readonly version: '4'
  /** The same as long as the group has something to tell. */
  readonly groupKey: string
  /** How many alerts were left out because of `maxAlerts`. */
  readonly truncatedAlerts: number
  readonly status: Status
  readonly receiver: string
  readonly groupLabels: Labels
  readonly commonLabels: Labels
  readonly commonAnnotations: Labels
  readonly externalURL: string
  readonly alerts: readonly AlertmanagerAlert[]
  /** Absent with `extras: false`. */
  readonly tocsin?: TocsinExtras
}

type Status = 'firing' | 'resolved'

export interface AlertmanagerAlert {
  readonly status: Status
  readonly labels: Labels
  readonly annotations: Labels
  /** RFC 3339. */
  readonly startsAt: string
  /** RFC 3339; `0001-01-01T00:00:00Z`, the zero time of Go, while it fires. */
  readonly endsAt: string
  readonly generatorURL: string
  readonly fingerprint: string
}

/** What Alertmanager's shape has no place for. */
export interface TocsinExtras {
  /** The first line of the message: `RED web-3 cpu 91% (> 80% for 5m) · prod us-west-2`. */
  readonly title: string
  /** The worst level that fires now; `none` when all of it has ended. */
  readonly level: Level
  /** The same as the headers `Idempotency-Key` and `webhook-id`. */
  readonly idempotencyKey: string
  readonly monitor: string
  /** Why it is sent: `first`, `new`, `someResolved`, `allResolved`, `repeat`, `rerouted` or `test`. */
  readonly reason: Notification['reason']
  /** How many series the rule watches in all. */
  readonly watched: number
  /** In the order of `alerts`. */
  readonly alerts: readonly TocsinAlert[]
}

/** Numbers are in `unit`, and null where they are not finite. */
export interface TocsinAlert {
  readonly fingerprint: string
  readonly level: Level
  readonly worstLevel: Level
  readonly change: NotifiedAlert['change']
  readonly health: NotifiedAlert['health']
  readonly metric: string
  readonly unit: Unit
  readonly value: number | null
  readonly firedValue: number | null
  readonly recoveredValue?: number | null
  readonly peak: number | null
  /** Why it ended: `recovered`, `resourceGone`, `ruleRemoved`, or `rerouted` when it goes on and others are told now. Absent while it fires. */
  readonly resolveReason?: ResolveReason
  /** The evaluator's words: `> 80%`. */
  readonly reason: string
  /** When it fired, RFC 3339. */
  readonly since: string
  readonly resource: { readonly id: string; readonly type: string; readonly tags: Labels }
}

export interface MessageOptions {
  /** 0: all. */
  readonly maxAlerts: number
  readonly externalUrl: string
  readonly extras: boolean
}

const ZERO_TIME = '0001-01-01T00:00:00Z'

/** Lays a notification out. As in Alertmanager, what is common is common to the alerts that are sent, not to those left out. */
export function alertmanagerMessage(notification: Notification, idempotencyKey: string, options: MessageOptions): AlertmanagerMessage {
  const title = composeTitle(notification)
  const sent = options.maxAlerts === 0 ? notification.alerts : notification.alerts.slice(0, options.maxAlerts)
  const alerts = sent.map((alert) => alertmanagerAlert(alert, notification))
  const commonLabels = common(alerts.map(({ labels }) => labels))
  return {
    version: '4',
    groupKey: notification.key,
    truncatedAlerts: notification.alerts.length - sent.length,
    status: notification.level === 'none' ? 'resolved' : 'firing',
    receiver: notification.receiver,
    groupLabels: pick(commonLabels, ['alertname', 'monitor']),
    commonLabels,
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: options.externalUrl,
    alerts,
    ...(options.extras ? { tocsin: extras(notification, sent, title, idempotencyKey) } : {}),
  }
}

function alertmanagerAlert(alert: NotifiedAlert, notification: Notification): AlertmanagerAlert {
  const { subject } = alert
  const ended = alert.resolvedAt !== undefined
  const title = composeTitle({ ...notification, alerts: [alert] })
  const { summary, runbook } = subject.annotations
  return {
    status: ended ? 'resolved' : 'firing',
    labels: {
      ...subject.dimensions,
      ...subject.labels,
      alertname: subject.rule,
      instance: subject.resource.name,
      metric: subject.metric,
      monitor: subject.monitor,
      resource_id: subject.resource.id,
      resource_type: subject.resource.type,
      // Receivers that file by severity look for the end of an alert where they were told to put it.
      severity: ended ? alert.toldLevel : alert.level,
    },
    annotations: {
      ...subject.annotations,
      // The author's sentence is the same for a trial and for the real thing; the title is not.
      summary: notification.reason === 'test' ? title : (summary ?? title),
      description: title,
      ...(runbook === undefined ? {} : { runbook_url: runbook }),
    },
    startsAt: instant(alert.firedAt),
    endsAt: alert.resolvedAt === undefined ? ZERO_TIME : instant(alert.resolvedAt),
    generatorURL: '',
    fingerprint: subject.fingerprint,
  }
}

function extras(notification: Notification, alerts: readonly NotifiedAlert[], title: string, idempotencyKey: string): TocsinExtras {
  const { level, monitor, reason, watched } = notification
  return { title, level, idempotencyKey, monitor, reason, watched, alerts: alerts.map(tocsinAlert) }
}

function tocsinAlert({ subject, level, worstLevel, change, health, reason, ...alert }: NotifiedAlert): TocsinAlert {
  const { id, type, tags } = subject.resource
  return {
    fingerprint: subject.fingerprint,
    level,
    worstLevel,
    change,
    health,
    metric: subject.metric,
    unit: subject.unit,
    value: finite(alert.value),
    firedValue: finite(alert.firedValue),
    ...(alert.recoveredValue === undefined ? {} : { recoveredValue: finite(alert.recoveredValue) }),
    peak: finite(alert.peak),
    ...(alert.resolveReason === undefined ? {} : { resolveReason: alert.resolveReason }),
    reason,
    since: instant(alert.firedAt),
    resource: { id, type, tags },
  }
}

/** The pairs that all of them have. */
function common([first = {}, ...others]: readonly Labels[]): Labels {
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => others.every((other) => other[name] === value)))
}

const pick = (labels: Labels, names: readonly string[]): Labels => Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)))

const instant = (at: number): string => new Date(at).toISOString()

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
