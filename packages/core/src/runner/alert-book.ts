import { type AlertChange, type AlertEvent, type AlertPolicy, newAlert, reduceAlert, remembers } from '../alerting/reducer.ts'
import type { AlertRecord, AlertSubject } from '../model/alert.ts'
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
  /** Applies one event, through the reducer. */
  apply(subject: AlertSubject, event: AlertEvent, policy: AlertPolicy): void
  /** Drops an alert that nothing is known of. */
  forget(fingerprint: string): void
  /** What changed since the last `write`. */
  readonly transitions: readonly Transition[]
  /** Writes what changed. `owed` are alerts of which somebody is owed the end. Call `written` once the transaction is through. */
  write(tx: Transaction, owed: ReadonlySet<string>, now: number): Promise<() => void>
}

export function alertBook(monitor: string, stored: readonly Stored<AlertRecord>[]): AlertBook {
  const records = new Map<string, AlertRecord>(stored.map(({ id, value }) => [id, value]))
  const versions = new Map<string, number>(stored.map(({ id, version }) => [id, version]))
  const touched = new Set<string>()
  let transitions: Transition[] = []

  return {
    get: (id) => records.get(id),
    all: () => records.values(),
    get transitions() {
      return transitions
    },
    apply(subject, event, policy) {
      const id = subject.fingerprint
      const before = records.get(id)
      const { state, changes } = reduceAlert(before?.state ?? newAlert, event, policy, id)
      if (before?.state === state && before.subject === subject) return
      records.set(id, { subject, state, ...(before?.keepUntil === undefined ? {} : { keepUntil: before.keepUntil }) })
      touched.add(id)
      for (const change of changes) transitions.push(transitionOf(subject, change, state.value, state.episode?.id))
    },
    forget(id) {
      records.delete(id)
      touched.add(id)
    },
    async write(tx, owed, now) {
      const written = new Map<string, number | undefined>()
      for (const id of touched) {
        const record = records.get(id)
        const version = versions.get(id) ?? 0
        const kept = record && keptUntil(record, now)
        if (kept !== undefined && isWorthKeeping(kept, now, owed)) {
          records.set(id, kept)
          written.set(id, await tx.alerts.put({ id, monitor, value: kept }, version))
        }
        else if (version > 0) {
          await tx.alerts.remove(id, version)
          written.set(id, undefined)
        }
      }
      await tx.events.append(transitions)
      return () => {
        for (const [id, version] of written) {
          if (version === undefined) versions.delete(id)
          else versions.set(id, version)
        }
        touched.clear()
        transitions = []
      }
    },
  }
}

/** An alert at rest that remembers nothing is made again from its series, so it needs no row. */
function isWorthKeeping({ subject, state, keepUntil }: AlertRecord, now: number, owed: ReadonlySet<string>): boolean {
  if (state.phase !== 'inactive' || owed.has(subject.fingerprint) || remembers(state)) return true
  // The value of these counts failures in a row, which must go on counting in the next process.
  if (isAboutTocsin(subject) && state.value > 0) return true
  return keepUntil !== undefined && now < keepUntil
}

/** The record with the time to which it is kept, from the moment its end is first written. */
function keptUntil(record: AlertRecord, now: number): AlertRecord {
  const { keepUntil: _running, ...running } = record
  if (record.state.phase !== 'inactive' || record.state.episode === undefined) return running
  return record.keepUntil === undefined ? { ...record, keepUntil: now + KEEP_ENDED } : record
}

function transitionOf({ fingerprint, monitor }: AlertSubject, change: AlertChange, value: number, episodeId: string | undefined): Transition {
  return { fingerprint, monitor, value, ...change, ...(episodeId === undefined ? {} : { episodeId }) }
}
