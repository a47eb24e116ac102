import type { Monitor } from '../config/monitor.ts'
import type { DeliveryReport } from '../delivery/report.ts'
import { asTocsinError, TocsinError } from '../errors.ts'
import type { AlertRecord, AlertSubject } from '../model/alert.ts'
import type { GroupEntry } from '../model/group.ts'
import type { Resource } from '../model/resource.ts'
import type { Series } from '../model/series.ts'
import type { Watch, WatchedRule } from '../plugin/rule.ts'
import type { Logger } from '../logger.ts'
import { planNotifications } from '../routing/plan.ts'
import { CHANNEL_RULE, SOURCE_RULE } from '../routing/receivers.ts'
import type { Store, Stored, Transaction } from '../store/store.ts'
import { type AlertBook, alertBook } from './alert-book.ts'
import { type Collected, covers } from './collect.ts'
import type { CycleResult, Observation, SourceFailure } from './cycle-result.ts'
import { evaluatorMemory } from './evaluator-memory.ts'
import { exclusively } from '../exclusively.ts'
import { failureBook } from './failure-book.ts'
import { expectWellFormed, judgeSeries, policyOf } from './judge.ts'
import { channelRule, type FailureCount, judgeFailures, selfPolicy, sourceRule } from './self-alerts.ts'
import { subjectOf } from './subject.ts'

/** Evaluate, reduce, route and commit: everything between collecting and delivering. No network, no waiting but for the store. */
export interface Engine {
  /** Makes of collected series what follows from them, and commits it in one transaction. */
  cycle(collected: readonly Collected[], now: number): Promise<Omit<CycleResult, 'deliveries'>>
  /** Takes note of an attempt to send. Says whether alerts about channels must be looked at again. */
  delivered(report: DeliveryReport): boolean
  /** Raises and ends alerts about channels, between two cycles. */
  reviewChannels(now: number): Promise<void>
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
  const failing = failureBook()
  const absent = new Map<string, number>()
  const watched = new Map<string, number>()
  const sendResolved = Object.fromEntries(Object.entries(monitor.notify).map(([name, channel]) => [name, channel.sendResolved]))

  const commit = async (now: number): Promise<Pick<CycleResult, 'transitions' | 'notifications'>> => {
    const plan = planNotifications({
      monitor: monitor.name,
      route: monitor.route,
      sendResolved,
      repeatInterval: monitor.repeatInterval,
      timeZone: monitor.timeZone,
      now,
      alerts: toldOrFiring(book, ledger),
      entries: [...ledger.values()].map(({ value }) => value),
      watched: (rule) => watched.get(rule) ?? 0,
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
    return { transitions, notifications: plan.messages.map(({ notification }) => notification) }
  }

  const applySelf = (rule: WatchedRule, states: Iterable<readonly [Resource, FailureCount]>, now: number, errorFor?: number): void => {
    for (const [resource, count] of states) {
      const subject = subjectOf({ resource }, rule, monitor)
      const before = book.get(subject.fingerprint)
      if (before === undefined && count.failures === 0) continue
      const at = Math.max(now, (before?.state.lastAt ?? -Infinity) + 1)
      book.apply(subject, { type: 'judged', judgement: judgeFailures(count, at, errorFor) }, selfPolicy)
    }
  }

  const exclusive = exclusively()

  return {
    cycle: (collected, now) => exclusive(() => cycle(collected, now)),
    delivered(report) {
      const before = JSON.stringify([...failing.failingChannels])
      failing.delivery(report)
      return before !== JSON.stringify([...failing.failingChannels])
    },
    reviewChannels: (now) =>
      exclusive(async () => {
        applySelf(channelRule, failing.failingChannels, now)
        await commit(now)
      }),
  }

  async function cycle(collected: readonly Collected[], now: number): Promise<Omit<CycleResult, 'deliveries'>> {
    const seen = new Set<string>()
    const observations: Observation[] = []
    const failures: SourceFailure[] = collected.flatMap(({ failures: own }) => own)
    const report = (watch: Watch, error: unknown, { resource }: Series): void => {
      const scope = { ...(resource.account === undefined ? {} : { account: resource.account }), ...(resource.region === undefined ? {} : { region: resource.region }) }
      failures.push({ collector: watch.collector, scope, error: asTocsinError(error, 'E400', { where: watch.collector, fix: 'see the log' }) })
    }
    watched.clear()
    for (const { watch, series } of collected) {
      const rules = new Map(watch.rules.map((rule) => [rule.metric.name, { rule, policy: policyOf(rule) }]))
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
        absent.delete(subject.fingerprint)
        watched.set(found.rule.name, (watched.get(found.rule.name) ?? 0) + 1)
        observations.push(observe(one, subject, book))
      }
    }
    const ran = new Set(collected.map(({ watch }) => watch.collector))
    holdOrEnd(seen, failures, ran, now)
    failing.sources(failures, ran)
    applySelf(sourceRule, failing.failingSources, now, monitor.errorFor)
    applySelf(channelRule, failing.failingChannels, now)
    for (const { collector, scope, error } of failures) logger.warn({ collector, ...scope, code: error.code, where: error.where, fix: error.fix }, error.message)

    const { transitions, notifications } = await commit(now)
    const active = [...book.all()].filter(({ state }) => state.phase !== 'inactive')
    return { monitor: monitor.name, at: now, observations, alerts: active, transitions, failures, notifications }
  }

  /** What became of alerts whose series was not given: held when their source failed, ended when they are gone for good. */
  function holdOrEnd(seen: ReadonlySet<string>, failures: readonly SourceFailure[], ran: ReadonlySet<string>, now: number): void {
    const rules = new Map(monitor.watch.flatMap((watch) => watch.rules.map((rule) => [rule.name, { rule, collector: watch.collector }] as const)))
    for (const { subject, state } of [...book.all()]) {
      if (seen.has(subject.fingerprint) || subject.rule === SOURCE_RULE || subject.rule === CHANNEL_RULE) continue
      const found = rules.get(subject.rule)
      if (found === undefined) {
        book.apply(subject, { type: 'ended', at: now, reason: 'ruleRemoved' }, selfPolicy)
        continue
      }
      if (!ran.has(found.collector)) continue
      const policy = policyOf(found.rule)
      const held = failures.some(({ collector, scope, error }) => collector === found.collector && error.code !== 'E203' && covers(scope, subject.resource))
      if (held) {
        book.apply(subject, { type: 'sourceFailed' }, policy)
        continue
      }
      const times = (absent.get(subject.fingerprint) ?? 0) + 1
      absent.set(subject.fingerprint, times)
      if (times < monitor.staleAfter) continue
      book.apply(subject, { type: 'ended', at: now, reason: 'resourceGone' }, policy)
      if (state.phase === 'inactive' && !isOwed(subject.fingerprint, ledger)) {
        book.forget(subject.fingerprint)
        absent.delete(subject.fingerprint)
        memory.forget(subject.fingerprint)
      }
    }
  }
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
