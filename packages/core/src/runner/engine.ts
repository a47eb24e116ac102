import type { Monitor } from '../config/monitor.ts'
import type { DeliveryReport } from '../delivery/report.ts'
import { asTocsinError, TocsinError } from '../errors.ts'
import type { AlertRecord, AlertSubject } from '../model/alert.ts'
import type { GroupEntry } from '../model/group.ts'
import { placeOf, type Resource } from '../model/resource.ts'
import type { Series } from '../model/series.ts'
import type { Watch, WatchedRule } from '../plugin/rule.ts'
import type { Logger } from '../log/logger.ts'
import { openMutes } from '../routing/open-mutes.ts'
import { planNotifications } from '../routing/plan.ts'
import { compileRoutes } from '../routing/route-tree.ts'
import { isAboutTocsin, SOURCE_RULE } from '../routing/receivers.ts'
import type { Store, Stored, Transaction } from '../store/store.ts'
import { type AlertBook, alertBook } from './alert-book.ts'
import { type Collected, covers } from './collect.ts'
import type { CycleResult, Observation, SourceFailure } from './cycle-result.ts'
import { evaluatorMemory } from './evaluator-memory.ts'
import { exclusively } from '../exclusively.ts'
import { expectWellFormed, judgeSeries, policyOf } from './judge.ts'
import { CHANNEL_ERROR_FOR, channelResource, channelRule, judgeFailure, selfPolicy, sourceResource, sourceRule } from './self-alerts.ts'
import { subjectOf } from './subject.ts'

/** Evaluate, reduce, route and commit: everything between collecting and delivering. No network, no waiting but for the store. */
export interface Engine {
  /**
   * Makes of collected series what follows from them, and commits it in one transaction.
   *
   * @param final whether every group is told now, whatever its timers say: the last chance of a single pass. Default false.
   */
  cycle(collected: readonly Collected[], now: number, final?: boolean): Promise<Cycle>
  /** Tells the groups whose time has come between two cycles. Gives when to look again. */
  flush(now: number): Promise<number>
  /** Takes note of an attempt to send. Says whether alerts about channels must be looked at again. */
  delivered(report: DeliveryReport): boolean
  /** Raises and ends alerts about channels, between two cycles. */
  reviewChannels(now: number, final?: boolean): Promise<number>
}

/** A cycle, and when the next group is due: milliseconds since the epoch, `Infinity` when none is. */
export interface Cycle {
  readonly result: Omit<CycleResult, 'deliveries'>
  readonly nextAt: number
}

export async function createEngine(monitor: Monitor, store: Store, logger: Logger): Promise<Engine> {
  const { alerts, groups, evaluators } = await store.transaction(async (tx) => ({
    alerts: await tx.alerts.list(monitor.name),
    groups: await tx.groups.list(monitor.name),
    evaluators: await tx.evaluators.list(monitor.name),
  }))
  const book = alertBook(monitor.name, alerts)
  const ledger = new Map<string, Stored<GroupEntry>>(groups.map((stored) => [stored.id, stored]))
  const memory = evaluatorMemory(monitor.name, evaluators)
  const unread: DeliveryReport[] = []
  const watched = new Map<string, number>()
  const sendResolved = Object.fromEntries(Object.entries(monitor.notify).map(([name, channel]) => [name, channel.sendResolved]))

  const { groupBy, groupWait, groupInterval, repeatInterval, resolveThroughMute } = monitor
  const match = compileRoutes(monitor.route, { groupBy, groupWait, groupInterval, repeatInterval })
  const mute = openMutes(monitor)

  const commit = async (now: number, final: boolean): Promise<Pick<CycleResult, 'transitions' | 'notifications'> & { readonly nextAt: number }> => {
    const alerts = toldOrFiring(book, ledger)
    const muted = mute(alerts, now)
    const plan = planNotifications({
      monitor: monitor.name,
      match,
      sendResolved,
      resolveThroughMute,
      timeZone: monitor.timeZone,
      now,
      alerts,
      entries: [...ledger.values()].map(({ value }) => value),
      watched: (rule) => watched.get(rule) ?? 0,
      muted: muted.reason,
      acknowledged: () => false,
      final,
    })
    const { transitions } = book
    const finish = await store.transaction(async (tx) => {
      const changed = new Map(plan.entries.map((entry) => [entry.id, entry]))
      const after = [...[...ledger.values()].map(({ value }) => value).filter(({ id }) => !changed.has(id)), ...plan.entries]
      const written = await book.write(tx, after, now)
      const versions = await putAll(tx, plan.entries, ledger, monitor.name)
      const remembered = await memory.write(tx)
      for (const { id, notification } of plan.messages) {
        await tx.outbox.enqueue({ id, monitor: monitor.name, receiver: notification.receiver, key: notification.key, notification, queuedAt: now })
      }
      await tx.outbox.prune(monitor.name, now - OUTBOX_KEEP)
      return () => {
        written()
        remembered()
        for (const stored of versions) ledger.set(stored.id, stored)
      }
    })
    finish()
    for (const { receiver, key, firing } of plan.entries) {
      if (!(receiver in monitor.notify)) logger.warn({ receiver, key, owed: Object.keys(firing).length }, 'a receiver was removed from the configuration; it is not told the end of what it was told')
    }
    return { transitions, notifications: plan.messages.map(({ notification }) => notification), nextAt: Math.min(plan.nextAt, muted.nextAt) }
  }

  /** Counts one more failure of a source or channel, or that it works; what never failed leaves no record. */
  const countFailure = (rule: WatchedRule, resource: Resource, failure: { readonly permanent: boolean; readonly reason: string } | undefined, now: number, errorFor: number): void => {
    const subject = subjectOf({ resource }, rule, monitor)
    const before = book.get(subject.fingerprint)?.state
    if (failure === undefined && !(before !== undefined && before.value > 0)) return
    book.apply(subject, { type: 'judged', judgement: judgeFailure(before, failure, now, errorFor) }, selfPolicy)
  }

  const readReports = (now: number): void => {
    for (const { receiver, result } of unread.splice(0)) {
      if (!(receiver in monitor.notify)) continue
      const permanent = result.outcome === 'permanent'
      const failure = result.outcome === 'delivered' ? undefined : { permanent, reason: `${permanent ? 'E301' : 'E300'} ${result.reason}` }
      countFailure(channelRule, channelResource(receiver), failure, now, CHANNEL_ERROR_FOR)
    }
  }

  const exclusive = exclusively()

  return {
    cycle: (collected, now, final = false) => exclusive(() => cycle(collected, now, final)),
    flush: (now) => exclusive(async () => (await commit(now, false)).nextAt),
    delivered(report) {
      unread.push(report)
      return report.result.outcome !== 'delivered' || (book.get(subjectOf({ resource: channelResource(report.receiver) }, channelRule, monitor).fingerprint)?.state.value ?? 0) > 0
    },
    reviewChannels: (now, final = false) =>
      exclusive(async () => {
        readReports(now)
        return (await commit(now, final)).nextAt
      }),
  }

  async function cycle(collected: readonly Collected[], now: number, final: boolean): Promise<Cycle> {
    const seen = new Set<string>()
    const observations: Observation[] = []
    const failures: SourceFailure[] = collected.flatMap(({ failures: own }) => own)
    const report = (watch: Watch, error: unknown, { resource }: Series): void => {
      failures.push({ collector: watch.collector, scope: placeOf(resource), error: asTocsinError(error, 'E400', { where: watch.collector, fix: 'see the log' }) })
    }
    watched.clear()
    for (const { watch, series } of collected) {
      const rules = new Map(watch.rules.map((rule) => [rule.metric.name, { rule, policy: policyOf(rule, monitor.staleAfter) }]))
      for (const one of series) {
        const found = rules.get(one.metric)
        if (found === undefined) continue
        const subject = subjectOf(one, found.rule, monitor)
        try {
          expectWellFormed(one, watch.collector)
          if (seen.has(subject.fingerprint)) throw twice(one, found.rule)
          memory.set(subject.fingerprint, judgeSeries(one, subject, found.rule, found.policy, memory.get(subject.fingerprint), book))
        } catch (error) {
          report(watch, error, one)
        }
        seen.add(subject.fingerprint)
        watched.set(found.rule.name, (watched.get(found.rule.name) ?? 0) + 1)
        observations.push(observe(one, subject, book))
      }
    }
    const ran = new Set(collected.map(({ watch }) => watch.collector))
    holdOrEnd(seen, failures, ran, now)
    countSources(failures, ran, now)
    readReports(now)
    for (const { collector, scope, error } of failures) logger.warn({ collector, ...scope, code: error.code, where: error.where, fix: error.fix }, error.message)

    const { transitions, notifications, nextAt } = await commit(now, final)
    const active = [...book.all()].filter(({ state }) => state.phase !== 'inactive')
    return { result: { monitor: monitor.name, at: now, observations, alerts: active, transitions, failures, notifications }, nextAt }
  }

  /** Counts the cycle for every source that failed, and for those that failed before and work again. */
  function countSources(failures: readonly SourceFailure[], ran: ReadonlySet<string>, now: number): void {
    const worst = new Map<string, SourceFailure>()
    for (const failure of failures.filter(isAlarming)) {
      const { id } = sourceResource(failure)
      if (!worst.has(id) || failure.error.permanent) worst.set(id, failure)
    }
    for (const failure of worst.values()) {
      countFailure(sourceRule, sourceResource(failure), { permanent: failure.error.permanent, reason: String(failure.error) }, now, monitor.errorFor)
    }
    for (const { subject } of book.all()) {
      if (subject.rule === SOURCE_RULE && ran.has(subject.resource.name) && !worst.has(subject.resource.id)) countFailure(sourceRule, subject.resource, undefined, now, monitor.errorFor)
    }
  }

  /** Whether the collector or channel that an alert is about is still in the monitor. */
  function isStillThere({ rule, resource }: AlertSubject): boolean {
    return rule === SOURCE_RULE ? monitor.watch.some(({ collector }) => collector === resource.name) : resource.name in monitor.notify
  }

  /** What became of alerts whose series was not given: held when their source failed, else absent. */
  function holdOrEnd(seen: ReadonlySet<string>, failures: readonly SourceFailure[], ran: ReadonlySet<string>, now: number): void {
    const rules = new Map(monitor.watch.flatMap((watch) => watch.rules.map((rule) => [rule.name, { rule, collector: watch.collector }] as const)))
    for (const { subject, state } of book.all()) {
      if (seen.has(subject.fingerprint)) continue
      const found = rules.get(subject.rule)
      if (found === undefined) {
        if (isAboutTocsin(subject) && isStillThere(subject)) continue
        book.apply(subject, { type: 'ended', at: now, reason: 'ruleRemoved' }, selfPolicy)
        if (state.phase === 'inactive' && !isOwed(subject.fingerprint, ledger)) book.forget(subject.fingerprint)
        continue
      }
      if (!ran.has(found.collector)) continue
      const held = failures.some((failure) => failure.collector === found.collector && isUnread(failure) && covers(failure.scope, subject))
      book.apply(subject, held ? { type: 'sourceFailed' } : { type: 'absent', at: now }, policyOf(found.rule, monitor.staleAfter))
      if (!held && state.phase === 'inactive' && state.absences + 1 >= monitor.staleAfter && !isOwed(subject.fingerprint, ledger)) {
        book.forget(subject.fingerprint)
        memory.forget(subject.fingerprint)
      }
    }
  }
}

/** Whether the source itself could not be read. What is wrong with single series says nothing of those that are not there. */
function isUnread({ error }: SourceFailure): boolean {
  return !['E203', 'E400', 'E401', 'E402'].includes(error.code)
}

/** An empty region is worth a word to whoever looks, and nothing to be woken for: its source did answer. */
function isAlarming({ error }: SourceFailure): boolean {
  return error.code !== 'E203'
}

/** Delivered and dead notifications stay this long for people to see. */
const OUTBOX_KEEP = 7 * 86_400_000

function toldOrFiring(book: AlertBook, ledger: ReadonlyMap<string, Stored<GroupEntry>>): Map<string, AlertRecord> {
  const chosen = new Map<string, AlertRecord>()
  for (const record of book.all()) if (record.state.level !== 'none') chosen.set(record.subject.fingerprint, record)
  for (const { value } of ledger.values()) {
    for (const id of Object.keys(value.firing)) {
      const record = book.get(id)
      if (record !== undefined) chosen.set(id, record)
    }
  }
  return chosen
}

const isOwed = (id: string, ledger: ReadonlyMap<string, Stored<GroupEntry>>): boolean => [...ledger.values()].some(({ value }) => id in value.firing)

async function putAll(tx: Transaction, entries: readonly GroupEntry[], ledger: ReadonlyMap<string, Stored<GroupEntry>>, monitor: string): Promise<Stored<GroupEntry>[]> {
  const written: Stored<GroupEntry>[] = []
  for (const value of entries) {
    const version = await tx.groups.put({ id: value.id, monitor, value }, ledger.get(value.id)?.version ?? 0)
    written.push({ id: value.id, monitor, value, version })
  }
  return written
}

function observe({ resource, metric, timestamps, values }: Series, subject: AlertSubject, book: AlertBook): Observation {
  const { rule, unit, dimensions, fingerprint } = subject
  const state = book.get(fingerprint)?.state
  const newest = values.findLastIndex((value) => !Number.isNaN(value))
  return {
    resource,
    rule,
    metric,
    unit,
    dimensions,
    at: timestamps[newest] ?? NaN,
    value: values[newest] ?? NaN,
    level: state?.level ?? 'none',
    phase: state?.phase ?? 'inactive',
    health: state?.health ?? 'noData',
  }
}

function twice({ resource, metric }: Series, rule: WatchedRule): TocsinError {
  return new TocsinError('E402', `two series of ${metric} of ${resource.name} have the same identity`, {
    where: rule.name,
    fix: 'watch each resource once per rule, or give the series a label that tells them apart',
  })
}
