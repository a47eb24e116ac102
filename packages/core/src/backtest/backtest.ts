import type { Monitor } from '../config/monitor.ts'
import type { AlertRecord } from '../model/alert.ts'
import type { GroupEntry } from '../model/group.ts'
import type { Notification } from '../model/notification.ts'
import type { Series } from '../model/series.ts'
import type { Transition } from '../model/transition.ts'
import type { Handling } from '../routing/handling.ts'
import { type AlertBook, alertBook } from '../runner/alert-book.ts'
import { openComposites } from '../runner/composites.ts'
import type { Remembered } from '../runner/evaluator-memory.ts'
import { expectWellFormed, judgeSeries, policyOf } from '../runner/judge.ts'
import { scheduleOf } from '../runner/schedule.ts'
import { openSubjects } from '../runner/subjects.ts'
import { openTeller } from '../runner/teller.ts'
import { memoryStore } from '../store/memory-store.ts'

/** Points of one series in one window of the past. */
export interface PastSeries {
  /** The rule that judges them: `<collector>.<metric>`. */
  readonly rule: string
  /** Times ascend. Slots without a point are missing points. */
  readonly series: Series
}

/** A stretch of the past, half-open, with everything that was seen in it. Milliseconds since the epoch. */
export interface PastWindow {
  readonly from: number
  readonly until: number
  readonly series: Iterable<PastSeries>
}

export interface BacktestOptions {
  /** Windows that follow each other. Memory is that of one window. */
  readonly windows: Iterable<PastWindow> | AsyncIterable<PastWindow>
  /** Told after each window. */
  readonly onProgress?: (until: number) => void
  readonly signal?: AbortSignal
}

/** What a monitor would have seen and said. */
export interface BacktestResult {
  readonly from: number
  readonly until: number
  readonly series: number
  readonly points: number
  /** Everything that would have happened to alerts, in order of time. */
  readonly transitions: readonly Transition[]
  /** Every notification that would have been queued, in order. */
  readonly notifications: readonly Notification[]
  /** The alerts as they are at the end, by fingerprint. */
  readonly alerts: ReadonlyMap<string, AlertRecord>
}

/**
 * Runs a monitor over the past: the evaluators, reducer and routing that run live, on a virtual clock. Nothing is sent and nothing is
 * kept. A point is taken to be known at the first cycle at or after its time.
 *
 * @throws whatever `signal` is aborted with.
 */
export async function backtest(monitor: Monitor, { windows, onProgress, signal }: BacktestOptions): Promise<BacktestResult> {
  const past = openPast(monitor)
  let from = Infinity
  let until = -Infinity
  for await (const window of windows) {
    signal?.throwIfAborted()
    from = Math.min(from, window.from)
    until = Math.max(until, window.until)
    past.judge(window)
    await past.tell(window.until)
    onProgress?.(window.until)
  }
  return { from, until, ...past.result() }
}

interface Change {
  /** The cycle that sees it. */
  readonly at: number
  readonly record: AlertRecord
}

function openPast(monitor: Monitor) {
  const rules = new Map(monitor.watch.flatMap((watch) => watch.rules.map((rule) => [rule.name, { rule, policy: policyOf(rule, monitor.staleAfter), collector: watch.collector }] as const)))
  const teller = openTeller(monitor)
  const subjects = openSubjects(monitor)
  const schedule = scheduleOf(monitor)
  const memory = new Map<string, Remembered>()
  const watched = new Map<string, Set<string>>()
  const changes: Change[] = []
  const judged = observed(alertBook(monitor.name, []), (at, record) => changes.push({ at: schedule.next(0, at - 1), record }))
  const now = presentBook(monitor.name)
  const composites = openComposites(monitor, memoryStore())
  const notifications: Notification[] = []
  const entries = new Map<string, GroupEntry>()
  let handling: ReadonlyMap<string, Handling> = new Map()
  let nextAt = Infinity
  /** Composites are judged in every cycle, whether their parts changed or not: so their clocks run. */
  let cycleAt = Infinity
  const everyCycle = Object.keys(monitor.composites).length > 0
  let points = 0

  const step = async (at: number, changed: boolean): Promise<void> => {
    if (at === cycleAt || changed) await composites.judge(now.book, at, () => true)
    if (everyCycle) cycleAt = schedule.next(0, at)
    const told = teller.tell({
      silences: [],
      handling,
      now: at,
      alerts: now.relevant([...entries.values()].flatMap(({ firing }) => Object.keys(firing))),
      entries: [...entries.values()],
      watched: (rule) => watched.get(rule)?.size ?? 0,
      final: false,
    })
    for (const entry of told.entries) entries.set(entry.id, entry)
    handling = new Map([...told.handling].flatMap(([id, value]) => (value === undefined ? [] : [[id, value] as const])))
    notifications.push(...told.messages.map(({ notification }) => notification))
    nextAt = Math.max(told.nextAt, at + 1)
  }

  return {
    /** Judges every series of a window; what changes is told of later, in the order of time. */
    judge({ from, until, series }: PastWindow): void {
      for (const { rule: name, series: one } of series) {
        const found = rules.get(name)
        if (found === undefined) continue
        expectWellFormed(one, found.collector)
        const subject = subjects.of(one, found.rule)
        const known = watched.get(name) ?? new Set()
        watched.set(name, known.add(subject.fingerprint))
        points += one.timestamps.length
        let remembered = memory.get(subject.fingerprint)
        for (const part of partsOf(one, judged.get(subject.fingerprint)?.state.lastAt ?? remembered?.at ?? -Infinity, from, until)) {
          if (typeof part === 'number') judged.apply(subject, { type: 'missing', at: part, period: one.period }, found.policy)
          else remembered = judgeSeries(part, subject, found.rule, found.policy, remembered, judged, Infinity)
        }
        if (remembered !== undefined) memory.set(subject.fingerprint, remembered)
      }
    },
    /** Tells what changed up to an instant, and what is due until then. */
    async tell(until: number): Promise<void> {
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

/** A book that says what changes, with the alert as it was at that moment. */
function observed(book: AlertBook, changed: (at: number, record: AlertRecord) => void): AlertBook {
  return {
    ...book,
    get transitions() {
      return book.transitions
    },
    apply(subject, event, policy) {
      const before = book.transitions.length
      const state = book.apply(subject, event, policy)
      const last = book.transitions.at(-1)
      const record = book.get(subject.fingerprint)
      if (book.transitions.length > before && last !== undefined && record !== undefined) changed(last.at, record)
      return state
    },
  }
}

/** The alerts as they are at the moment that is being told: those that were judged, and those that are made of them. */
function presentBook(monitor: string) {
  const made = alertBook(monitor, [])
  const records = new Map<string, AlertRecord>()
  const book: AlertBook = {
    ...made,
    get transitions() {
      return made.transitions
    },
    get: (id) => records.get(id) ?? made.get(id),
    *all() {
      yield* records.values()
      yield* made.all()
    },
  }
  return {
    book,
    put: (record: AlertRecord): void => void records.set(record.subject.fingerprint, record),
    relevant(owed: readonly string[]): ReadonlyMap<string, AlertRecord> {
      const chosen = new Map<string, AlertRecord>()
      for (const record of book.all()) if (record.state.level !== 'none' || record.state.flapping) chosen.set(record.subject.fingerprint, record)
      for (const id of owed) {
        const record = book.get(id)
        if (record !== undefined) chosen.set(id, record)
      }
      return new Map([...chosen].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    },
  }
}

/** A series as runs of points without a gap, and the times of missing points between them and up to the end of the window. */
function* partsOf(series: Series, lastAt: number, from: number, until: number): Generator<Series | number> {
  const { timestamps, values, period } = series
  let expected = lastAt > -Infinity ? lastAt + period : Math.max(from, timestamps[0] ?? from)
  let start = 0
  while (start < timestamps.length) {
    const first = timestamps[start] ?? until
    for (; first - expected >= period / 2; expected += period) yield expected
    let end = start + 1
    while (end < timestamps.length && (timestamps[end] ?? 0) - (timestamps[end - 1] ?? 0) < period * 1.5) end++
    const last = timestamps[end - 1] ?? first
    yield { ...series, timestamps: timestamps.subarray(start, end), values: values.subarray(start, end), settledUntil: last + 1, status: 'complete' }
    expected = last + period
    start = end
  }
  for (; expected < until; expected += period) yield expected
}
