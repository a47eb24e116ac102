import type { Standing } from '../../routing/standing.ts'
import type { DecisionRecord } from '../../store/decisions.ts'
import type { Evidence, GroupCourse, KeptMessage } from './evidence.ts'
import type { DeliveryCode } from './explanation.ts'

/** One decision about a group, seen from one of its alerts. */
export interface Seen {
  readonly decision: DecisionRecord
  /** Where the alert stands after it, as far as that is known. */
  readonly standing: Standing | undefined
  /** Whether the alert stands otherwise than before. */
  readonly moved: boolean
  /** The message that tells of the alert. */
  readonly message: string | undefined
  /** Whether that tells of its end. */
  readonly end: boolean
}

/** The decisions of a group that are about one alert, oldest first. */
export function seenBy({ fingerprint, messages }: Pick<Evidence, 'fingerprint' | 'messages'>, { decisions }: GroupCourse): readonly Seen[] {
  const seen: Seen[] = []
  let standing: Standing | undefined
  for (const decision of decisions) {
    const own = decision.alerts.find((alert) => alert.fingerprint === fingerprint)?.standing
    standing = own ?? standing
    const about = isAbout(decision, standing, fingerprint, messages)
    if (about || (standing !== undefined && (own !== undefined || decision.decision === 'acknowledged'))) seen.push({ decision, standing, moved: own !== undefined, message: about ? decision.message : undefined, end: about && isEnd(decision, standing, fingerprint, messages) })
    if (own?.is === 'left' || own?.is === 'endTold') standing = undefined
  }
  return seen
}

/** Whether a message tells of an alert: it says so itself as long as it is kept; afterwards where the alert stands says so. */
function isAbout({ message }: DecisionRecord, standing: Standing | undefined, fingerprint: string, messages: Evidence['messages']): boolean {
  if (message === undefined) return false
  const row = messages.get(message)?.row
  if (row !== undefined) return row.notification.alerts.some(({ subject }) => subject.fingerprint === fingerprint)
  return standing?.is === 'told' || standing?.is === 'endTold'
}

function isEnd({ message = '' }: DecisionRecord, standing: Standing | undefined, fingerprint: string, messages: Evidence['messages']): boolean {
  const told = messages.get(message)?.row?.notification.alerts.find(({ subject }) => subject.fingerprint === fingerprint)
  return told === undefined ? standing?.is === 'endTold' : told.change === 'resolved'
}

/** What had become of a message by an instant. Attempts are forgotten before the newest message of a group is. */
export function outcomeOf({ row, attempts }: KeptMessage, at: number): DeliveryCode {
  const last = attempts.at(-1)
  const settled = row !== undefined && row.changedAt <= at ? row.status : undefined
  if (settled === 'dropped') return 'dropped'
  if (last === undefined) return row === undefined ? 'forgotten' : settled === 'delivered' ? 'delivered' : settled === 'dead' ? 'givenUp' : 'queued'
  if (last.endedAt === undefined || last.endedAt > at || last.outcome === undefined) return 'underWay'
  if (last.outcome === 'delivered') return 'delivered'
  return last.outcome === 'permanent' || (settled === 'dead' && row?.attempt === last.attempt) ? 'givenUp' : last.outcome
}

/** Whether the receiver has the message, as far as anybody knows. */
export const hasArrived = (outcome: DeliveryCode): boolean => outcome === 'delivered' || outcome === 'uncertain' || outcome === 'forgotten'
/** Whether it may arrive yet. */
export const isOnItsWay = (outcome: DeliveryCode): boolean => outcome === 'queued' || outcome === 'underWay' || outcome === 'retryable'
