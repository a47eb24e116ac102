import { subjectOf } from '../alerting/subject.ts'
import type { Monitor } from '../config/monitor.ts'
import type { DeliveryReport } from '../delivery/report.ts'
import { asTocsinError, TocsinError } from '../errors.ts'
import { exclusively } from '../exclusively.ts'
import type { Logger } from '../log/logger.ts'
import type { AlertSubject } from '../model/alert.ts'
import { placeOf, type Resource } from '../model/resource.ts'
import type { Series } from '../model/series.ts'
import { permanent } from '../plugin/delivery.ts'
import type { WatchedRule } from '../plugin/rule.ts'
import { CONFIGURATION_RULE, isAboutTocsin, RECORDER_RULE, REPORT_RULE, SOURCE_RULE } from '../routing/receivers.ts'
import type { Store } from '../store/store.ts'
import { type AlertBook, alertBook } from './alert-book.ts'
import { type Collected, covers, isUnread } from './collect.ts'
import { type Committed, createCommit } from './commit.ts'
import { openComposites } from './composites.ts'
import type { CycleResult, Observation, SourceFailure } from './cycle-result.ts'
import { decisionBook } from './decision-book.ts'
import { evaluatorMemory } from './evaluator-memory.ts'
import { followClock, setBackBetween } from './follow-clock.ts'
import { expectWellFormed, judgeSeries, policyOf } from './judge.ts'
import { type Heard, lastFailures, RECENT_ATTEMPTS } from './heard.ts'
import { observe } from './observe.ts'
import { openLedger } from './ledger.ts'
import type { RecordReport } from './recording.ts'
import { roomOf, tooMany } from './room.ts'
import { scheduleOf } from './schedule.ts'
import { CHANNEL_ERROR_FOR, channelResource, channelRule, configurationResource, configurationRule, judgeFailure, recorderResource, recorderRule, reportResource, reportRule, selfPolicy, sourceResource, sourceRule } from './self-alerts.ts'
import { openSubjects } from './subjects.ts'

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
  /** Takes note of a recording, for the next cycle. */
  recorded(report: RecordReport): void
  /** Raises the alert that a new configuration could not take over; the next engine that evaluates ends it. Gives when to look again. */
  refused(reason: string, now: number): Promise<number>
  /** Raises and ends alerts about channels, between two cycles. */
  reviewChannels(now: number, final?: boolean): Promise<number>
}

export interface Cycle {
  readonly result: Omit<CycleResult, 'deliveries' | 'recordings'>
  /** When the next group is due, milliseconds since the epoch; `Infinity` when none is. */
  readonly nextAt: number
  /** Whether anything may be sent yet: nothing is before a source was read, or it is known that none can be. */
  readonly tells: boolean
}

export async function createEngine(monitor: Monitor, store: Store, logger: Logger): Promise<Engine> {
  const names = [monitor.name, ...monitor.formerly]
  const stored = await store.transaction(async (tx) => ({
    alerts: (await Promise.all(names.map((name) => tx.alerts.list(name)))).flat(),
    groups: (await Promise.all(names.map((name) => tx.groups.list(name)))).flat(),
    standings: (await Promise.all(names.map((name) => tx.standings.list(name)))).flat(),
    evaluators: await tx.evaluators.list(monitor.name),
    progress: await tx.progress.get(monitor.name),
    attempts: await tx.deliveries.list({ monitor: monitor.name, limit: RECENT_ATTEMPTS }),
    dead: await tx.outbox.list(monitor.name, 'dead'),
  }))
  const book = alertBook(monitor.name, stored.alerts)
  const ledger = openLedger(monitor.name, stored.groups)
  const memory = evaluatorMemory(monitor.name, stored.evaluators)
  const subjects = openSubjects(monitor)
  const composites = openComposites(monitor, store)
  const watched = new Map<string, number>()
  const write = createCommit({ monitor, store, book, ledger, decisions: decisionBook(monitor.name, stored.standings), memory, watched: (rule) => watched.get(rule) ?? 0 })
  const unread: Heard[] = lastFailures(stored, book, monitor)
  const recordings: RecordReport[] = []
  const schedule = scheduleOf(monitor)
  /** How far the process before this one came, until this one has evaluated. */
  let before = stored.progress?.value
  let tells = false
  let hasEvaluated = false
  /** What of a clock that was set back is not committed yet, milliseconds. */
  let setBackBy = 0
  let evaluatedAt = before?.evaluatedAt ?? -Infinity

  const commit = async (now: number, final: boolean, evaluated: boolean): Promise<Committed> => {
    const committed = await write({ now, final, tells, evaluated, setBackBy })
    if (tells) setBackBy = 0
    for (const { name, error } of committed.reportFaults) {
      logger.error({ report: name, code: error.code, where: error.where }, error.message)
      unread.push({ receiver: '', report: { name, composed: false }, result: permanent(String(error)) })
    }
    for (const removed of committed.removed) logger.warn(removed, 'a receiver was removed from the configuration; it is not told the end of what it was told')
    return committed
  }

  /** Counts one more failure of a source or channel, or that it works; what never failed leaves no record. */
  const countFailure = (rule: WatchedRule, resource: Resource, failure: { readonly permanent: boolean; readonly reason: string } | undefined, now: number, errorFor: number): void => {
    const subject = subjectOf({ resource }, rule, monitor)
    const known = book.get(subject.fingerprint)?.state
    const before = known && followClock(known, book, subject, selfPolicy, now)
    if (failure === undefined && !(before !== undefined && before.value > 0)) return
    book.apply(subject, { type: 'judged', judgement: judgeFailure(before, failure, now, errorFor) }, selfPolicy)
  }

  const readReports = (now: number): void => {
    for (const { receiver, result, report } of unread.splice(0)) {
      const isPermanent = result.outcome === 'permanent'
      if (report !== undefined && report.name in monitor.reports) {
        const failure = report.composed || result.outcome === 'delivered' ? undefined : { permanent: isPermanent, reason: result.reason }
        countFailure(reportRule, reportResource(report.name), failure, now, CHANNEL_ERROR_FOR)
      }
      if (report?.composed === false || !(receiver in monitor.notify)) continue
      const failure = result.outcome === 'delivered' ? undefined : { permanent: isPermanent, reason: `${isPermanent ? 'E301' : 'E300'} ${result.reason}` }
      countFailure(channelRule, channelResource(receiver), failure, now, CHANNEL_ERROR_FOR)
    }
    for (const { recorder, error } of recordings.splice(0)) {
      if (error !== undefined) logger.warn({ recorder, code: error.code, where: error.where, fix: error.fix }, error.message)
      countFailure(recorderRule, recorderResource(recorder), error && { permanent: error.permanent, reason: String(error) }, now, monitor.errorFor)
    }
  }

  const exclusive = exclusively()

  return {
    cycle: (collected, now, final = false) => exclusive(() => cycle(collected, now, final)),
    flush: (now) => exclusive(async () => (await commit(now, false, false)).nextAt),
    delivered(report) {
      unread.push(report)
      const failing = (resource: Resource, rule: WatchedRule): boolean => (book.get(subjectOf({ resource }, rule, monitor).fingerprint)?.state.value ?? 0) > 0
      return report.result.outcome !== 'delivered' || failing(channelResource(report.receiver), channelRule) || (report.report !== undefined && failing(reportResource(report.report.name), reportRule))
    },
    recorded: (report) => void recordings.push(report),
    refused: (reason, now) =>
      exclusive(async () => {
        countFailure(configurationRule, configurationResource, { permanent: false, reason }, now, 1)
        return (await commit(now, false, false)).nextAt
      }),
    reviewChannels: (now, final = false) =>
      exclusive(async () => {
        readReports(now)
        return (await commit(now, final, false)).nextAt
      }),
  }

  async function cycle(collected: readonly Collected[], now: number, final: boolean): Promise<Cycle> {
    resume(now, final)
    // What it runs with is sound, whatever an earlier process or configuration was given.
    if (!hasEvaluated) countFailure(configurationRule, configurationResource, undefined, now, 1)
    hasEvaluated = true
    if (now < evaluatedAt) {
      const by = setBackBetween(evaluatedAt, now, schedule.interval(now))
      logger.warn({ seconds: Math.round(by / 1_000) }, 'the clock was set back: what was timed by it is moved along')
      ledger.setBack(by)
      setBackBy += by
    }
    const seen = new Set<string>()
    const failures: SourceFailure[] = collected.flatMap(({ failures: own }) => own)
    const observations = judgeAll(collected, seen, failures, now)
    const ran = new Set(collected.map(({ watch }) => watch.collector))
    // The same instant again: whatever is counted by cycles was counted.
    if (now !== evaluatedAt) {
      holdOrEnd(seen, failures, ran, now)
      await composites.judge(book, now, (rule) => monitor.watch.some(({ collector, rules }) => rules.some(({ name }) => name === rule) && ran.has(collector) && !failures.some((one) => one.collector === collector && isUnread(one))))
      countSources(failures, ran, now)
      evaluatedAt = now
    }
    readReports(now)
    for (const { collector, scope, error } of failures) logger.warn({ collector, ...scope, code: error.code, where: error.where, fix: error.fix }, error.message)

    tells ||= collected.length === 0 || collected.some(({ watch, series }) => series.length > 0 || !failures.some((one) => one.collector === watch.collector && isUnread(one))) || isBlind(book)
    const { transitions, notifications, decisions, nextAt } = await commit(now, final, true)
    const active = [...book.all()].filter(({ state }) => state.phase !== 'inactive')
    return { result: { monitor: monitor.name, at: now, observations, alerts: active, transitions, failures, notifications, decisions }, nextAt, tells }
  }

  /**
   * The time between two cycles is no outage, only what goes beyond it. Single passes come as often as whoever starts them sees fit, so the
   * last two say how far apart they are.
   */
  function resume(now: number, single: boolean): void {
    if (before === undefined) return
    const { evaluatedAt: at, gap = 0 } = before
    before = undefined
    const pause = Math.max(schedule.interval(at), single ? gap : 0)
    if (now - at <= pause) return
    const outage = { stoppedAt: at + pause, startedAt: now, outageTolerance: monitor.outageTolerance }
    if (single && gap === 0 && now - at - pause <= monitor.outageTolerance) return
    for (const { subject } of book.all()) book.apply(subject, { type: 'resumed', outage }, selfPolicy)
  }

  function judgeAll(collected: readonly Collected[], seen: Set<string>, failures: SourceFailure[], now: number): Observation[] {
    const observations: Observation[] = []
    const room = roomOf(book, monitor)
    watched.clear()
    for (const { watch, series } of collected) {
      const rules = new Map(watch.rules.map((rule) => [rule.metric.name, { rule, policy: policyOf(rule, monitor.staleAfter), refused: 0 }]))
      for (const one of series) {
        const found = rules.get(one.metric)
        if (found === undefined) continue
        const { rule, policy } = found
        const subject = subjects.of(one, rule)
        const isNew = book.get(subject.fingerprint) === undefined
        if (isNew && !room.take(rule.name)) {
          found.refused += 1
          continue
        }
        try {
          expectWellFormed(one, watch.collector)
          if (seen.has(subject.fingerprint)) throw twice(one, rule)
          if (rule.options.paused) book.apply(subject, { type: 'paused' }, policy)
          else memory.set(subject.fingerprint, judgeSeries(one, subject, rule, policy, memory.get(subject.fingerprint), book, now))
        } catch (error) {
          failures.push({ collector: watch.collector, scope: placeOf(one.resource), error: asTocsinError(error, 'E400', { where: watch.collector, fix: 'see the log' }) })
        }
        seen.add(subject.fingerprint)
        watched.set(rule.name, (watched.get(rule.name) ?? 0) + 1)
        observations.push(observe(one, subject, book))
      }
      for (const { rule, refused } of rules.values()) if (refused > 0) failures.push({ collector: watch.collector, scope: {}, error: tooMany(rule, refused, monitor.seriesLimit) })
    }
    subjects.sweep()
    return observations
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

  /** Whether the collector, channel, recorder, report or configuration that an alert is about is still in the monitor. */
  function isStillThere({ rule, resource: { name } }: AlertSubject): boolean {
    if (rule === CONFIGURATION_RULE) return true
    return rule === SOURCE_RULE ? monitor.watch.some(({ collector }) => collector === name) : name in (rule === RECORDER_RULE ? monitor.record : rule === REPORT_RULE ? monitor.reports : monitor.notify)
  }

  /** What became of alerts whose series was not given: held when their source failed, else absent. */
  function holdOrEnd(seen: ReadonlySet<string>, failures: readonly SourceFailure[], ran: ReadonlySet<string>, now: number): void {
    const rules = new Map(monitor.watch.flatMap((watch) => watch.rules.map((rule) => [rule.name, { rule, collector: watch.collector }] as const)))
    const unreadable = failures.filter(isUnread)
    for (const { subject, state } of book.all()) {
      if (seen.has(subject.fingerprint)) continue
      const renamed = subject.monitor !== monitor.name
      const found = renamed ? undefined : rules.get(subject.rule)
      if (found === undefined) {
        if (!renamed && ((isAboutTocsin(subject) && isStillThere(subject)) || composites.has(subject.rule))) continue
        book.apply(subject, { type: 'ended', at: now, reason: renamed ? 'monitorRenamed' : 'ruleRemoved' }, selfPolicy)
        if (state.phase === 'inactive' && !ledger.owed.has(subject.fingerprint)) book.forget(subject.fingerprint)
        continue
      }
      const policy = policyOf(found.rule, monitor.staleAfter)
      if (found.rule.options.paused) book.apply(subject, { type: 'paused' }, policy)
      else if (ran.has(found.collector)) {
        const held = unreadable.some((failure) => failure.collector === found.collector && covers(failure.scope, subject))
        book.apply(subject, held ? { type: 'sourceFailed' } : { type: 'absent', at: now }, policy)
        if (!held && state.phase === 'inactive' && state.absences + 1 >= monitor.staleAfter && !ledger.owed.has(subject.fingerprint)) {
          book.forget(subject.fingerprint)
          memory.forget(subject.fingerprint)
        }
      }
    }
  }
}

/** Whether it is known for sure that a source cannot be read: that must be told though nothing was evaluated. */
function isBlind(book: AlertBook): boolean {
  for (const { subject, state } of book.all()) if (subject.rule === SOURCE_RULE && state.level !== 'none') return true
  return false
}

/** An empty region is worth a word to whoever looks, and nothing to be woken for: its source did answer. */
function isAlarming({ error }: SourceFailure): boolean {
  return error.code !== 'E203'
}

function twice({ resource, metric }: Series, rule: WatchedRule): TocsinError {
  return new TocsinError('E402', `two series of ${metric} of ${resource.name} have the same identity`, {
    where: rule.name,
    fix: 'watch each resource once per rule, or give the series a label that tells them apart',
  })
}
