import type { DeliveryAttempt, OutboxRow, Transition } from '@tocsin/core'
import type { Arrival } from './receiver.ts'

export interface Evidence {
  /** The event log. */
  readonly events: readonly Transition[]
  /** What the processes said was committed, before they were killed: `<fingerprint> <at> <from>><to>`. */
  readonly acknowledged: readonly string[]
  readonly outbox: readonly OutboxRow[]
  readonly deliveries: readonly DeliveryAttempt[]
  readonly arrivals: readonly Arrival[]
}

/** What was found. Nothing may stand in `wrong`. */
export interface Verdict {
  readonly transitions: number
  readonly messages: number
  /** Arrivals beyond the first of their key. */
  readonly repeated: number
  /** Attempts of which nobody knows whether they arrived. */
  readonly uncertain: number
  readonly wrong: readonly string[]
}

/** Compares what each side saw. Nothing of the program is used: it is the arithmetic of chains. */
export function verify({ events, acknowledged, outbox, deliveries, arrivals }: Evidence): Verdict {
  const wrong: string[] = []

  // Each alert's events join on to each other: none is missing, none is there twice, none came out of nowhere.
  const levels = new Map<string, string>()
  const known = new Set<string>()
  for (const { fingerprint, at, from, to, kind } of events) {
    const before = levels.get(fingerprint) ?? 'none'
    if (from !== before) wrong.push(`event ${kind} of ${fingerprint} at ${at} begins at ${from}, the one before ended at ${before}`)
    levels.set(fingerprint, to)
    known.add(`${fingerprint} ${at} ${from}>${to}`)
  }
  for (const line of acknowledged) if (!known.has(line)) wrong.push(`a change that was committed is lost: ${line}`)
  for (const [fingerprint, level] of levels) if (level !== 'none') wrong.push(`${fingerprint} ended as ${level}`)

  // What each group's receiver was told joins on, too: replayed once per key, every message begins where the one before it ended.
  const queued = new Map(outbox.map((row) => [row.id, row]))
  const told = new Map<string, Map<string, string>>()
  const seen = new Map<string, number>()
  for (const { key, group, alerts } of arrivals) {
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    if (count > 1) continue
    const meant = new Map((queued.get(key)?.notification?.alerts ?? []).map((alert) => [alert.subject.fingerprint, alert]))
    const before = told.get(group) ?? new Map<string, string>()
    const after = new Map<string, string>()
    for (const { fingerprint, change, level } of alerts) {
      const was = before.get(fingerprint) ?? 'none'
      const { toldLevel, level: meantLevel } = meant.get(fingerprint) ?? {}
      if (toldLevel !== was) wrong.push(`${group} was told "${change} ${level}" of ${fingerprint} as if it knew ${toldLevel}, but it knew ${was}`)
      if (level !== meantLevel) wrong.push(`${group} was told ${level} of ${fingerprint} in place of ${meantLevel}`)
      if (change !== 'resolved') after.set(fingerprint, level)
    }
    for (const fingerprint of before.keys()) if (!alerts.some((alert) => alert.fingerprint === fingerprint)) wrong.push(`${group} was told no more of ${fingerprint}`)
    told.set(group, after)
  }
  for (const [group, left] of told) if (left.size > 0) wrong.push(`${group} was never told the end of ${left.size} alerts`)

  // Every message that was queued arrived, and nothing else did.
  for (const { id, status } of outbox) if (status !== 'delivered' || !seen.has(id)) wrong.push(`message ${id} is ${status} and arrived ${seen.get(id) ?? 0} times`)
  for (const key of seen.keys()) if (!queued.has(key)) wrong.push(`message ${key} arrived, and was never queued`)

  // Whatever arrived twice was under way when its process died.
  const uncertain = deliveries.filter(({ outcome }) => outcome === 'uncertain')
  for (const [key, count] of seen) {
    const unknown = uncertain.filter(({ id }) => id === key).length
    if (count > 1 + unknown) wrong.push(`message ${key} arrived ${count} times, though only ${unknown} attempts were cut off`)
  }
  const repeated = [...seen.values()].reduce((sum, count) => sum + count - 1, 0)
  return { transitions: events.length, messages: seen.size, repeated, uncertain: uncertain.length, wrong }
}
