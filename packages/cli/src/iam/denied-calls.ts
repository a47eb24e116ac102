import type { Store } from '@tocsin/core'
import { isAboutItself } from '../view/cycle-rows.ts'

/** A call that AWS refused in a run. */
export interface DeniedCall {
  /** `cloudwatch:GetMetricData`. */
  readonly action: string
  /** Whose call it was: `ec2`, `ops`. */
  readonly source: string
  /** When it was last refused, milliseconds since the epoch. */
  readonly at: number
  /** Whether it was refused when it was last made, as far as the store tells. */
  readonly still: boolean
}

/** As many events and attempts as are looked through. */
const NEWEST = 5_000

/** How errors E201 name the action. The reason of an alert is the only trace that a refused call leaves. */
const DENIED = /access denied: ([a-z0-9-]+:\w+)/

/** What runs were refused, as the store tells: sources and recorders by their alerts, receivers by the attempts. The newest of each action and source. */
export async function deniedCalls(store: Store, monitor: string): Promise<DeniedCall[]> {
  const { alerts, events, attempts } = await store.transaction(async (tx) => ({
    alerts: (await tx.alerts.list(monitor)).map(({ value }) => value).filter(({ subject }) => isAboutItself(subject)),
    events: await tx.events.list({ monitor, limit: NEWEST }),
    attempts: await tx.deliveries.list({ monitor, limit: NEWEST }),
  }))
  const names = new Map(alerts.map(({ subject }) => [subject.fingerprint, subject.resource.name]))
  const lastAttempts = new Map(attempts.map((attempt) => [attempt.receiver, attempt]))
  const found = [
    ...events.map(({ fingerprint, at, reason }) => ({ source: names.get(fingerprint), at, still: false, reason })),
    ...attempts.map((attempt) => ({ source: attempt.receiver, at: attempt.begunAt, still: lastAttempts.get(attempt.receiver) === attempt, reason: attempt.reason ?? '' })),
    ...alerts.map(({ subject, state }) => ({ source: subject.resource.name, at: state.lastAt, still: state.level !== 'none', reason: state.reason })),
  ]
  const newest = new Map<string, DeniedCall>()
  for (const { source, at, still, reason } of found) {
    const action = DENIED.exec(reason)?.[1]
    if (action === undefined || source === undefined) continue
    const key = JSON.stringify([action, source])
    const known = newest.get(key)
    if (known === undefined || at >= known.at) newest.set(key, { action, source, at, still: still || (known?.at === at && known.still) })
  }
  return [...newest.values()].toSorted((a, b) => b.at - a.at)
}
