import { isDeepStrictEqual } from 'node:util'
import type { Monitor } from '../config/monitor.ts'
import type { AlertRecord } from '../model/alert.ts'
import type { Notification } from '../model/notification.ts'
import type { Transition } from '../model/transition.ts'
import type { AttentionEnd } from '../routing/attention.ts'
import { type Handling, handlingSetBack } from '../routing/handling.ts'
import { labelsNow } from '../routing/labels-now.ts'
import type { GroupDecision } from '../routing/plan.ts'
import { endSilence, type OpenSilence, silenceStatus } from '../routing/silence.ts'
import type { Telling } from '../routing/tell.ts'
import type { Store, Stored, Transaction } from '../store/store.ts'
import type { AlertBook } from './alert-book.ts'
import type { DecisionBook } from './decision-book.ts'
import type { EvaluatorMemory } from './evaluator-memory.ts'
import type { Ledger } from './ledger.ts'
import { openTeller, type Teller } from './teller.ts'

export interface CommitParts {
  readonly monitor: Monitor
  readonly store: Store
  readonly book: AlertBook
  readonly ledger: Ledger
  readonly decisions: DecisionBook
  readonly memory: EvaluatorMemory
  /** How many series a rule watches. */
  readonly watched: (rule: string) => number
}

export interface CommitOptions {
  readonly now: number
  /** Whether every group is told now, whatever its timers say. */
  readonly final: boolean
  /** Whether anything may be told yet. */
  readonly tells: boolean
  /** Whether something was evaluated: the heartbeat from which an outage is counted. */
  readonly evaluated: boolean
  /** Milliseconds by which the clock was set back since the last commit; 0 when it was not. */
  readonly setBackBy: number
}

export interface Committed {
  readonly transitions: readonly Transition[]
  readonly notifications: readonly Notification[]
  readonly decisions: readonly GroupDecision[]
  /** Receivers that are not in the configuration any more, and how many alerts they are owed the end of. */
  readonly removed: readonly { readonly receiver: string; readonly key: string; readonly owed: number }[]
  /** When to look again, milliseconds since the epoch; `Infinity` when nothing is due. */
  readonly nextAt: number
}

/** What has ended of what people want is kept this long, for `explain` and reports: 13 months. */
const KEEP_SILENCES = 396 * 86_400_000
/** What ended longer ago than any two looks are apart matters to nobody's escalation. */
const RECENT = 7 * 86_400_000
/** Delivered and dead notifications stay this long for people to see. */
const KEEP_OUTBOX = 7 * 86_400_000

const NOTHING_TOLD: Telling = { messages: [], entries: [], decisions: [], nextAt: Infinity, handling: new Map(), ended: [] }

/**
 * Writes, in one transaction, everything that changed and every message that follows from it. What people said since is read in the same
 * transaction, so nothing is told that was silenced before it was decided.
 */
export function createCommit({ monitor, store, book, ledger, decisions, memory, watched }: CommitParts): (options: CommitOptions) => Promise<Committed> {
  const { name } = monitor
  const teller = openTeller(monitor)

  return async ({ now, final, tells, evaluated, setBackBy }) => {
    const { committed, finish } = await store.transaction(async (tx) => {
      const silences = await liveSilences(tx, name, book, teller, now)
      const stored = new Map((await tx.handling.list(name)).map((row) => [row.id, row]))
      const told = !tells
        ? NOTHING_TOLD
        : teller.tell({
            silences,
            handling: new Map([...stored].map(([id, { value }]) => [id, setBackBy > 0 ? handlingSetBack(value, setBackBy) : value])),
            now,
            alerts: relevant(book, ledger.owed, stored.keys()),
            entries: ledger.entries,
            watched,
            final,
          })
      const ended = told.ended.flatMap(({ fingerprint, ...end }) => endedByItself(end, book.get(fingerprint), now))
      const finish = [await book.write(tx, owedAfter(ledger, told), now), await ledger.write(tx, told.entries, now), await memory.write(tx)]
      if (tells) finish.push(await decisions.write(tx, told.decisions, now))
      await writeHandling(tx, name, stored, told.handling)
      await tx.events.append(ended)
      for (const { id, notification } of told.messages) {
        await tx.outbox.enqueue({ id, monitor: name, receiver: notification.receiver, key: notification.key, notification, queuedAt: now })
      }
      await tx.outbox.prune(name, now - KEEP_OUTBOX)
      if (evaluated) await writeProgress(tx, name, now)
      const committed: Committed = {
        transitions: [...book.transitions, ...ended],
        notifications: told.messages.map(({ notification }) => notification),
        decisions: told.decisions,
        removed: told.entries.flatMap(({ receiver, key, firing }) => (receiver in monitor.notify ? [] : [{ receiver, key, owed: Object.keys(firing).length }])),
        nextAt: told.nextAt,
      }
      return { committed, finish }
    })
    for (const written of finish) written()
    return committed
  }
}

/** Alerts that fire, those that somebody is owed the end of, and those that people said something about. */
function relevant(book: AlertBook, owed: ReadonlySet<string>, handled: Iterable<string>): ReadonlyMap<string, AlertRecord> {
  const chosen = new Map<string, AlertRecord>()
  for (const record of book.all()) if (record.state.level !== 'none' || record.state.flapping) chosen.set(record.subject.fingerprint, record)
  for (const id of [...owed, ...handled]) {
    const record = book.get(id)
    if (record !== undefined) chosen.set(id, record)
  }
  // In one order, whatever that of the series: what follows must not depend on it.
  return new Map([...chosen].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function owedAfter(ledger: Ledger, { entries }: Telling): ReadonlySet<string> {
  if (entries.length === 0) return ledger.owed
  const changed = new Map(entries.map((entry) => [entry.id, entry]))
  const after = [...ledger.entries.filter(({ id }) => !changed.has(id)), ...entries]
  return new Set(after.flatMap(({ firing }) => Object.keys(firing)))
}

/** The silences that hold or ended not long ago, with those ended that waited for alerts which are over, and those forgotten that ended long ago. */
async function liveSilences(tx: Transaction, monitor: string, book: AlertBook, teller: Teller, now: number): Promise<OpenSilence[]> {
  const live: OpenSilence[] = []
  for (const row of await tx.silences.list(monitor)) {
    const opened = teller.open(row.value)
    if (silenceStatus(opened, now).state === 'expired') {
      const endedAt = row.value.endsAt ?? now
      if (endedAt < now - KEEP_SILENCES) await tx.silences.remove(row.id, row.version)
      else if (endedAt > now - RECENT) live.push(opened)
    } else if (row.value.untilResolved && !goesOn(opened, book)) {
      await tx.silences.put({ ...row, value: endSilence(row.value, now, 'resolved') }, row.version)
    } else live.push(opened)
  }
  return live
}

function goesOn({ matches }: OpenSilence, book: AlertBook): boolean {
  for (const record of book.all()) if (record.state.level !== 'none' && matches(labelsNow(record))) return true
  return false
}

async function writeHandling(tx: Transaction, monitor: string, stored: ReadonlyMap<string, Stored<Handling>>, after: Telling['handling']): Promise<void> {
  for (const [id, value] of after) {
    const row = stored.get(id)
    if (value === undefined && row !== undefined) await tx.handling.remove(id, row.version)
    else if (value !== undefined && !isDeepStrictEqual(row && timeless(row.value), timeless(value))) await tx.handling.put({ id, monitor, value }, row?.version ?? 0)
  }
}

/** Without the time of the last look: that alone is no reason to write. */
function timeless({ escalation, suppressions, ...handling }: Handling): unknown {
  const still = Object.entries(suppressions ?? {}).map(([rule, { at: _at, ...state }]) => [rule, state])
  return { ...handling, still, escalation: escalation && { ...escalation, at: 0, toldNow: [] } }
}

async function writeProgress(tx: Transaction, monitor: string, now: number): Promise<void> {
  const known = await tx.progress.get(monitor)
  const gap = known === undefined ? undefined : now - known.value.evaluatedAt
  await tx.progress.put({ id: monitor, monitor, value: { evaluatedAt: now, ...(gap === undefined || gap <= 0 ? {} : { gap }) } }, known?.version ?? 0)
}

/** What people said and what ended without them, as events. What ends with its episode is told by the episode's own end. */
function endedByItself({ what, reason }: AttentionEnd, record: AlertRecord | undefined, now: number): Transition[] {
  const code = reason === 'levelRose' || reason === 'snoozeEnded' || reason === 'critical' ? reason : reason === 'expired' || reason === 'elapsed' ? ('elapsed' as const) : undefined
  if (record === undefined || code === undefined) return []
  const { subject, state } = record
  const kind = what === 'ack' ? ('unacknowledged' as const) : ('unsnoozed' as const)
  const { fingerprint, monitor } = subject
  return [{ fingerprint, monitor, at: now, kind, from: state.level, to: state.level, value: state.value, code, reason: code, ...(state.episode === undefined ? {} : { episodeId: state.episode.id }) }]
}
