import type { AlertPolicy } from '../alerting/reducer.ts'
import type { Monitor } from '../config/monitor.ts'
import type { AlertRecord, AlertSubject } from '../model/alert.ts'
import type { GroupEntry } from '../model/group.ts'
import type { Notification } from '../model/notification.ts'
import type { Handling } from '../routing/handling.ts'
import { alertBook } from '../runner/alert-book.ts'
import { openComposites } from '../runner/composites.ts'
import type { Remembered } from '../runner/evaluator-memory.ts'
import { expectWellFormed, judgeSeries, policyOf } from '../runner/judge.ts'
import { scheduleOf } from '../runner/schedule.ts'
import { openSubjects } from '../runner/subjects.ts'
import { openTeller } from '../runner/teller.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { BacktestResult } from './backtest.ts'
import { observedBook, presentBook } from './past-books.ts'
import type { PastWindow } from './past-window.ts'
import { slotsOf } from './slots.ts'

/** One monitor on its way through the past. */
export interface PastEngine {
  /** Judges every series of a window; what changes is told of later, in the order of time. */
  judge(window: PastWindow): void
  /** Tells what changed up to an instant, and what is due until then. */
  tell(until: number): Promise<void>
  result(): Omit<BacktestResult, 'from' | 'until'>
}

interface Change {
  /** The cycle that sees it. */
  readonly at: number
  readonly record: AlertRecord
}

/** Something that is gone, until its alert has ended. */
interface Leaving {
  readonly subject: AlertSubject
  readonly policy: AlertPolicy
  /** The next cycle that does not find it. */
  readonly at: number
  /** Such cycles that are left until it is taken to be gone. */
  readonly cycles: number
}

export function openPast(monitor: Monitor): PastEngine {
  const rules = new Map(monitor.watch.flatMap((watch) => watch.rules.map((rule) => [rule.name, { rule, policy: policyOf(rule, monitor.staleAfter), collector: watch.collector }] as const)))
  const teller = openTeller(monitor)
  const subjects = openSubjects(monitor)
  const schedule = scheduleOf(monitor)
  const memory = new Map<string, Remembered>()
  const watched = new Map<string, Set<string>>()
  const everyCycle = Object.keys(monitor.composites).length > 0
  const changes: Change[] = []
  const judged = observedBook(alertBook(monitor.name, []), { changed: (at, record) => void changes.push({ at: schedule.next(0, at - 1), record }), seesHealth: everyCycle })
  const now = presentBook(monitor.name)
  const composites = openComposites(monitor, memoryStore())
  const leaving = new Map<string, Leaving>()
  /** What is gone, and the first cycle that may forget it. */
  const forgetting = new Map<string, number>()
  const notifications: Notification[] = []
  const entries = new Map<string, GroupEntry>()
  let handling: ReadonlyMap<string, Handling> = new Map()
  let nextAt = Infinity
  /** Composites are judged in every cycle, whether their parts changed or not: so their clocks run. */
  let cycleAt = Infinity
  let points = 0

  const owed = (): string[] => [...entries.values()].flatMap(({ firing }) => Object.keys(firing))
  const forget = (at: number): void => {
    const told = new Set(forgetting.size === 0 ? [] : owed())
    for (const [id, from] of forgetting) if (from <= at && !told.has(id) && forgetting.delete(id)) now.forget(id)
  }

  const step = async (at: number, changed: boolean): Promise<void> => {
    forget(at)
    if (at === cycleAt || changed) await composites.judge(now.book, at, () => true)
    if (everyCycle) cycleAt = schedule.next(0, at)
    const told = teller.tell({
      silences: [],
      handling,
      now: at,
      alerts: now.relevant(owed()),
      entries: [...entries.values()],
      watched: (rule) => watched.get(rule)?.size ?? 0,
      final: false,
    })
    for (const entry of told.entries) entries.set(entry.id, entry)
    handling = new Map([...told.handling].flatMap(([id, value]) => (value === undefined ? [] : [[id, value] as const])))
    notifications.push(...told.messages.map(({ notification }) => notification))
    nextAt = Math.max(told.nextAt, at + 1)
  }

  /** Counts the cycles that do not find what is gone, up to an instant. */
  const leave = (until: number): void => {
    for (const [id, { subject, policy, at: from, cycles }] of leaving) {
      let at = from
      let left = cycles
      for (; at < until && left > 0; left--) {
        // One that ends by it is forgotten by a later cycle, when nobody is owed its end.
        if (left === 1) forgetting.set(id, judged.get(id)?.state.phase === 'inactive' ? at : schedule.next(0, at))
        judged.apply(subject, { type: 'absent', at }, policy)
        at = schedule.next(0, at)
      }
      if (left > 0) leaving.set(id, { subject, policy, at, cycles: left })
      else leaving.delete(id)
    }
  }

  return {
    judge({ from, until, series }) {
      if (everyCycle && cycleAt === Infinity) cycleAt = schedule.next(0, from - 1)
      for (const { rule: name, series: one, knownFrom = from, knownUntil = until, goneAt = Infinity } of series) {
        const found = rules.get(name)
        if (found === undefined) continue
        const { rule, policy, collector } = found
        expectWellFormed(one, collector)
        const subject = subjects.of(one, rule)
        const known = watched.get(name) ?? new Set()
        watched.set(name, known.add(subject.fingerprint))
        points += one.timestamps.length
        if (rule.options.paused) {
          judged.apply(subject, { type: 'paused' }, policy)
          const record = judged.get(subject.fingerprint)
          if (record !== undefined && now.book.get(subject.fingerprint) === undefined) changes.push({ at: schedule.next(0, from - 1), record })
          continue
        }
        let remembered = memory.get(subject.fingerprint)
        for (const slot of slotsOf(one, judged.get(subject.fingerprint)?.state.lastAt ?? remembered?.at ?? -Infinity, knownFrom, Math.min(until, knownUntil, goneAt))) {
          if (typeof slot === 'number') judged.apply(subject, { type: 'missing', at: slot, period: one.period }, policy)
          else remembered = judgeSeries(slot, subject, rule, policy, remembered, judged, Infinity)
        }
        if (remembered !== undefined) memory.set(subject.fingerprint, remembered)
        if (goneAt < until) leaving.set(subject.fingerprint, { subject, policy, at: schedule.next(0, goneAt - 1), cycles: monitor.staleAfter })
        else leaving.delete(subject.fingerprint)
      }
      leave(until)
    },
    async tell(until) {
      changes.sort((a, b) => a.at - b.at)
      let index = 0
      for (;;) {
        const at = Math.min(changes[index]?.at ?? Infinity, nextAt, cycleAt)
        if (at >= until) break
        const before = index
        for (let change = changes[index]; change !== undefined && change.at === at; change = changes[++index]) now.put(change.record)
        await step(at, index > before)
      }
      changes.splice(0, index)
    },
    result: () => ({
      series: [...watched.values()].reduce((sum, { size }) => sum + size, 0),
      points,
      transitions: [...judged.transitions, ...now.book.transitions].toSorted((a, b) => a.at - b.at),
      notifications,
      alerts: new Map([...judged.all(), ...now.book.all()].map((record) => [record.subject.fingerprint, record])),
    }),
  }
}
