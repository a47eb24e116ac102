import type { AlertRecord } from '../model/alert.ts'
import { type AlertBook, alertBook } from '../runner/alert-book.ts'

export interface Observer {
  readonly changed: (at: number, record: AlertRecord) => void
  /** Whether to say, too, that an alert can be judged again or no more: composites look at it, messages do not. */
  readonly seesHealth: boolean
}

/** A book that says what changes, with the alert as it was at that moment. */
export function observedBook(book: AlertBook, { changed, seesHealth }: Observer): AlertBook {
  return {
    ...book,
    get transitions() {
      return book.transitions
    },
    apply(subject, event, policy) {
      const before = book.transitions.length
      const health = seesHealth ? book.get(subject.fingerprint)?.state.health : undefined
      const state = book.apply(subject, event, policy)
      const isTold = book.transitions.length > before
      if (!isTold && !seesHealth) return state
      const record = book.get(subject.fingerprint)
      const at = isTold ? book.transitions.at(-1)?.at : event.type === 'judged' ? event.judgement.at : event.type === 'missing' ? event.at : undefined
      if (record !== undefined && at !== undefined && (isTold || record.state.health !== health)) changed(at, record)
      return state
    },
  }
}

/** The alerts as they are at the moment that is being told: those that were judged, and those that are made of them. */
export function presentBook(monitor: string) {
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
    forget: (id: string): void => void records.delete(id),
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
