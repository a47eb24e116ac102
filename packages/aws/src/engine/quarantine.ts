import type { TocsinError } from '@tocsin/core'
import { isWithin } from '../is-within.ts'
import type { Owner } from './owner.ts'

/** Keeps owners that CloudWatch forbids what they ask from asking on: their errors are told, their calls are not repeated. */
export interface Quarantine {
  /** Why the owner may not ask of the place now, if that is so. */
  reason(owner: Owner, place: string, now: number): TocsinError | undefined
  put(owner: Owner, place: string, error: TocsinError, now: number): void
}

/** A permission that is granted must be seen soon; a call each cycle for every forbidden metric would be of no use until then. */
const LASTS = 5 * 60_000

export function createQuarantine(): Quarantine {
  const kept = new WeakMap<Owner, Map<string, { readonly error: TocsinError; readonly since: number }>>()
  return {
    reason(owner, place, now) {
      const found = kept.get(owner)?.get(place)
      return found !== undefined && isWithin(LASTS, found.since, now) ? found.error : undefined
    },
    put(owner, place, error, now) {
      const places = kept.get(owner) ?? new Map<string, { error: TocsinError; since: number }>()
      kept.set(owner, places.set(place, { error, since: now }))
    },
  }
}
