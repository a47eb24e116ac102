import { type AlertChange, type AlertEvent, type AlertPolicy, newAlert, reduceAlert, remembers } from '../alerting/reducer.ts'
import type { AlertRecord, AlertState, AlertSubject } from '../model/alert.ts'
import type { Transition } from '../model/transition.ts'
import { isAboutTocsin } from '../routing/receivers.ts'
import type { Stored, Transaction } from '../store/store.ts'

/** How long an alert is kept after its end was seen: longer than any collector looks back, so that no old point starts it again. */
const KEEP_ENDED = 7 * 86_400_000

/**
 * The alerts of one monitor: all of them in memory, those that something has happened to in the store. It collects what changes
 * during a cycle, so that one transaction can write it.
 */
export interface AlertBook {
  get(fingerprint: string): AlertRecord | undefined
  all(): IterableIterator<AlertRecord>
  /** Applies one event, through the reducer. Gives the state that it leaves. */
  apply(subject: AlertSubject, event: AlertEvent, policy: AlertPolicy): AlertState
  /** Drops an alert that nothing is known of. */
  forget(fingerprint: string): void
  /** What changed since the last `write`. */
  readonly transitions: readonly Transition[]
  /** Writes what changed. `owed` are alerts of which somebody is owed the end. Call `written` once the transaction is through. */
  write(tx: Transaction, owed: ReadonlySet<string>, now: number): Promise<() => void>
}

/** An alert in the book. Changed in place: at every point of every series, finding it again would cost more than judging. */
interface Entry {
  readonly id: string
  subject: AlertSubject
  state: AlertState
  keepUntil: number | undefined
  /** As it is stored; 0 while it is not. */
  version: number
  /** Something happened to it since the last `write`. */
  touched: boolean
  /** It is only there until that is written. */
  forgotten: boolean
}

export function alertBook(monitor: string, stored: readonly Stored<AlertRecord>[]): AlertBook {
  const entries = new Map<string, Entry>()
  let touched: Entry[] = []
  let transitions: Transition[] = []

  const add = (id: string, { subject, state, keepUntil }: AlertRecord, version: number): Entry => {
    const entry: Entry = { id, subject, state, keepUntil, version, touched: false, forgotten: false }
    entries.set(id, entry)
    return entry
  }
  const touch = (entry: Entry): void => {
    if (entry.touched) return
    entry.touched = true
    touched.push(entry)
  }
  for (const { id, value, version } of stored) add(id, value, version)

  return {
    get(id) {
      const entry = entries.get(id)
      return entry === undefined || entry.forgotten ? undefined : recordOf(entry)
    },
    *all() {
      for (const entry of entries.values()) if (!entry.forgotten) yield recordOf(entry)
    },
    get transitions() {
      return transitions
    },
    apply(subject, event, policy) {
      const id = subject.fingerprint
      const entry = entries.get(id) ?? add(id, { subject, state: newAlert }, 0)
      entry.forgotten = false
      const { state, changes } = reduceAlert(entry.state, event, policy, id)
      if (entry.state === state && entry.subject === subject) return state
      entry.subject = subject
      entry.state = state
      touch(entry)
      for (const change of changes) transitions.push(transitionOf(subject, change, state))
      return state
    },
    forget(id) {
      const entry = entries.get(id)
      if (entry === undefined) return
      entry.state = newAlert
      entry.keepUntil = undefined
      entry.forgotten = true
      touch(entry)
    },
    async write(tx, owed, now) {
      const written: (readonly [entry: Entry, version: number])[] = []
      for (const entry of touched) {
        entry.keepUntil = keptUntil(entry, now)
        if (!entry.forgotten && isWorthKeeping(entry, now, owed)) {
          written.push([entry, await tx.alerts.put({ id: entry.id, monitor, value: recordOf(entry) }, entry.version)])
        } else if (entry.version > 0) {
          await tx.alerts.remove(entry.id, entry.version)
          written.push([entry, 0])
        }
      }
      await tx.events.append(transitions)
      return () => {
        for (const [entry, version] of written) entry.version = version
        for (const entry of touched) {
          entry.touched = false
          if (entry.forgotten) entries.delete(entry.id)
        }
        touched = []
        transitions = []
      }
    },
  }
}

const recordOf = ({ subject, state, keepUntil }: Entry): AlertRecord => (keepUntil === undefined ? { subject, state } : { subject, state, keepUntil })

/** An alert at rest that remembers nothing is made again from its series, so it needs no row. */
function isWorthKeeping({ subject, state, keepUntil }: Entry, now: number, owed: ReadonlySet<string>): boolean {
  if (state.phase !== 'inactive' || owed.has(subject.fingerprint) || remembers(state)) return true
  // The value of these counts failures in a row, which must go on counting in the next process.
  if (isAboutTocsin(subject) && state.value > 0) return true
  return keepUntil !== undefined && now < keepUntil
}

/** The time to which it is kept, from the moment its end is first written. */
function keptUntil({ state, keepUntil }: Entry, now: number): number | undefined {
  return state.phase !== 'inactive' || state.episode === undefined ? undefined : (keepUntil ?? now + KEEP_ENDED)
}

function transitionOf({ fingerprint, monitor }: AlertSubject, change: AlertChange, { value, slots, episode }: AlertState): Transition {
  // Where one point decides there is no window to show.
  return { fingerprint, monitor, value, ...change, ...(slots.length > 1 ? { slots } : {}), ...(episode === undefined ? {} : { episodeId: episode.id }) }
}
