import type { Monitor } from '../config/monitor.ts'
import type { AlertSubject } from '../model/alert.ts'
import { rank, type Severity, worse } from '../model/level.ts'
import type { Notification } from '../model/notification.ts'
import type { Transition } from '../model/transition.ts'
import { openZone, type Zone } from '../routing/zoned-time.ts'
import type { BacktestResult } from './backtest.ts'

/** One alert from its beginning to its end. Times in milliseconds since the epoch, lengths in milliseconds. */
export interface PastAlert {
  readonly subject: AlertSubject
  readonly firedAt: number
  /** Absent when it had not ended by the end of the past. */
  readonly endedAt?: number
  /** The worst level. */
  readonly level: Severity
  readonly amber: number
  readonly red: number
  /** The value with which it reached its worst level. */
  readonly value: number
  /** Why it reached its worst level, in the evaluator's words. */
  readonly reason: string
  /** Who was told that it fires. */
  readonly receivers: readonly string[]
  /** It changed its level so often that messages were held back when it fired. */
  readonly flapping: boolean
}

/** The messages of one receiver. Each is counted once, by what it says first of all. */
export interface ReceiverLoad {
  readonly receiver: string
  readonly messages: number
  /** Of them those while something is RED. */
  readonly red: number
  readonly amber: number
  /** Of them those that say that all has ended. */
  readonly ended: number
  /** Of them those between 22:00 and 7:00 in the monitor's zone. */
  readonly atNight: number
}

/** What became of one rule. */
export interface RuleLoad {
  readonly rule: string
  readonly series: number
  /** Alerts whose worst level was RED. */
  readonly red: number
  readonly amber: number
  readonly timeRed: number
  readonly timeAmber: number
}

/** What a monitor would have done to people. */
export interface BacktestSummary {
  readonly from: number
  readonly until: number
  readonly series: number
  readonly points: number
  readonly rules: readonly RuleLoad[]
  /** In the order in which they fired. */
  readonly alerts: readonly PastAlert[]
  /** Every receiver of the monitor, in its order. */
  readonly receivers: readonly ReceiverLoad[]
  /** Messages that begin, add to, or repeat something RED; what several receivers are told at once is one page. */
  readonly pages: number
  /** Pages between 22:00 and 7:00 in the monitor's zone. */
  readonly pagesAtNight: number
  readonly pagesPerWeek: number
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NIGHT = { from: 22 * HOUR, until: 7 * HOUR }
const PAGING = new Set<Notification['reason']>(['first', 'new', 'repeat', 'step'])

/** Counts what a backtest found. */
export function summarize({ from, until, series, points, transitions, notifications, alerts: records }: BacktestResult, { watch, notify, timeZone }: Pick<Monitor, 'watch' | 'notify' | 'timeZone'>): BacktestSummary {
  const zone = openZone(timeZone)
  const subjects = new Map([...records].map(([id, { subject }]) => [id, subject]))
  const alerts = alertsOf(transitions, subjects, receiversOf(notifications), until)
  const names = new Set([...watch.flatMap(({ rules }) => rules.map(({ name }) => name)), ...alerts.map(({ subject }) => subject.rule)])
  const pages = new Map(notifications.filter(isPage).map((one) => [pageKey(one), one.at]))
  return {
    from,
    until,
    series,
    points,
    rules: [...names].map((rule) => ruleLoad(rule, alerts, [...subjects.values()].filter((subject) => subject.rule === rule).length)),
    alerts,
    receivers: Object.keys(notify).map((receiver) => receiverLoad(receiver, notifications, zone)),
    pages: pages.size,
    pagesAtNight: [...pages.values()].filter((at) => isNight(at, zone)).length,
    pagesPerWeek: until > from ? (pages.size * 7 * DAY) / (until - from) : 0,
  }
}

const isPage = ({ level, reason }: Notification): boolean => level === 'critical' && PAGING.has(reason)

/** The same for all receivers that are told of the same RED alerts at once, whatever else each of them hears. */
const pageKey = ({ at, alerts }: Notification): string => [at, ...alerts.filter(({ level }) => level === 'critical').map(({ subject }) => subject.fingerprint)].join(' ')

function isNight(at: number, zone: Zone): boolean {
  // Points may be counted from 0 on, and the zone be behind.
  const time = (((at + zone.stretchAt(at).offset) % DAY) + DAY) % DAY
  return time >= NIGHT.from || time < NIGHT.until
}

interface Telling {
  readonly at: number
  readonly receiver: string
}

/** Who was told when that an alert fires. */
function receiversOf(notifications: readonly Notification[]): ReadonlyMap<string, readonly Telling[]> {
  const told = new Map<string, Telling[]>()
  for (const { at, receiver, alerts } of notifications) {
    for (const { subject, change } of alerts) {
      if (change === 'resolved') continue
      const known = told.get(subject.fingerprint)
      if (known === undefined) told.set(subject.fingerprint, [{ at, receiver }])
      else known.push({ at, receiver })
    }
  }
  return told
}

interface Running extends Omit<PastAlert, 'endedAt' | 'receivers'> {
  readonly now: Severity
  readonly since: number
}

function alertsOf(transitions: readonly Transition[], subjects: ReadonlyMap<string, AlertSubject>, told: ReadonlyMap<string, readonly Telling[]>, until: number): PastAlert[] {
  const running = new Map<string, Running>()
  const flapping = new Set<string>()
  const found: PastAlert[] = []
  const finish = (id: string, one: Running, endedAt: number | undefined): void => {
    const { now: _now, since: _since, ...alert } = lasted(one, endedAt ?? until)
    const receivers = new Set((told.get(id) ?? []).filter(({ at }) => at >= one.firedAt && at <= (endedAt ?? Infinity)).map(({ receiver }) => receiver))
    found.push({ ...alert, ...(endedAt === undefined ? {} : { endedAt }), receivers: [...receivers] })
    running.delete(id)
  }
  for (const { fingerprint, at, kind, from, to, value, reason } of transitions) {
    if (kind === 'flapStart') flapping.add(fingerprint)
    if (kind === 'flapEnd') flapping.delete(fingerprint)
    const one = running.get(fingerprint)
    const subject = subjects.get(fingerprint)
    if (from === to || subject === undefined) continue
    if (to === 'none') {
      if (one !== undefined) finish(fingerprint, one, at)
    } else if (one === undefined) running.set(fingerprint, { subject, firedAt: at, level: to, now: to, since: at, amber: 0, red: 0, value, reason, flapping: flapping.has(fingerprint) })
    else running.set(fingerprint, { ...lasted(one, at), ...(rank(to) > rank(one.level) ? { value, reason } : {}), level: worse(one.level, to) === 'critical' ? 'critical' : 'warning', now: to, since: at })
  }
  for (const [id, one] of running) finish(id, one, undefined)
  return found.sort((a, b) => a.firedAt - b.firedAt || a.subject.resource.name.localeCompare(b.subject.resource.name, 'en') || (a.subject.fingerprint < b.subject.fingerprint ? -1 : 1))
}

/** An alert whose level held up to an instant. */
function lasted(one: Running, at: number): Running {
  const ms = Math.max(0, at - one.since)
  return one.now === 'critical' ? { ...one, red: one.red + ms } : { ...one, amber: one.amber + ms }
}

function ruleLoad(rule: string, alerts: readonly PastAlert[], series: number): RuleLoad {
  const own = alerts.filter(({ subject }) => subject.rule === rule)
  const red = own.filter(({ level }) => level === 'critical').length
  return { rule, series, red, amber: own.length - red, timeRed: sum(own.map((one) => one.red)), timeAmber: sum(own.map((one) => one.amber)) }
}

function receiverLoad(receiver: string, notifications: readonly Notification[], zone: Zone): ReceiverLoad {
  const own = notifications.filter((one) => one.receiver === receiver)
  const at = (level: Notification['level']): number => own.filter((one) => one.level === level).length
  return { receiver, messages: own.length, red: at('critical'), amber: at('warning'), ended: at('none'), atNight: own.filter((one) => isNight(one.at, zone)).length }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
