import type { AlertRecord } from '../model/alert.ts'
import { type AlertBook, alertBook } from '../runner/alert-book.ts'

/** A book that says what changes, with the alert as it was at that moment: what is told, and whether the alert can be judged at all, which composites see. */
export function observedBook(book: AlertBook, changed: (at: number, record: AlertRecord) => void): AlertBook {
  return {
    ...book,
    get transitions() {
      return book.transitions
    },
    apply(subject, event, policy) {
      const before = book.transitions.length
      const health = book.get(subject.fingerprint)?.state.health
      book.apply(subject, event, policy)
      const record = book.get(subject.fingerprint)
      if (record === undefined) return
      if (book.transitions.length > before) changed(book.transitions.at(-1)?.at ?? NaN, record)
      else if (record.state.health !== health && event.type === 'judged') changed(event.judgement.at, record)
      else if (record.state.health !== health && event.type === 'missing') changed(event.at, record)
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
      for (const record of book.all()) if (record.state.level !== 'none') chosen.set(record.subject.fingerprint, record)
      for (const id of owed) {
        const record = book.get(id)
        if (record !== undefined) chosen.set(id, record)
      }
      return new Map([...chosen].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    },
  }
}
