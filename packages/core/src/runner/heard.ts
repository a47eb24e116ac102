import type { Monitor } from '../config/monitor.ts'
import type { DeliveryReport } from '../delivery/report.ts'
import type { DeliveryAttempt } from '../model/delivery-attempt.ts'
import type { OutboxRow } from '../store/outbox.ts'
import type { AlertBook } from './alert-book.ts'
import { channelResource, channelRule } from './self-alerts.ts'
import { subjectOf } from '../alerting/subject.ts'

/** What is heard of an attempt to send. */
export type Heard = Pick<DeliveryReport, 'receiver' | 'result' | 'report'>

/** So many attempts tell how the channels were when the last process ended. */
export const RECENT_ATTEMPTS = 200

/**
 * Channels whose last attempt failed for good, and of which the last process did not live to say so.
 *
 * @param dead what was given up. Of issues of reports the log does not say whether the report or the channel was to blame: they are left out.
 */
export function lastFailures({ attempts, dead }: { readonly attempts: readonly DeliveryAttempt[]; readonly dead: readonly OutboxRow[] }, book: AlertBook, monitor: Monitor): Heard[] {
  const issues = new Set(dead.flatMap(({ id, report }) => (report === undefined ? [] : [id])))
  const last = new Map(attempts.filter(({ id }) => !issues.has(id)).map((attempt) => [attempt.receiver, attempt]))
  return [...last.values()].flatMap(({ receiver, outcome, reason = '' }) => {
    const known = book.get(subjectOf({ resource: channelResource(receiver) }, channelRule, monitor).fingerprint)
    return outcome === 'permanent' && (known === undefined || known.state.level === 'none') ? [{ receiver, result: { outcome, reason } }] : []
  })
}
