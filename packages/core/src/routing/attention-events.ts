import type { AttentionEnd } from './attention.ts'
import type { EscalationEvent } from './escalation.ts'

/**
 * What an escalation must hear of things said that hold no longer. Ends that come with the episode or with a rise of the level are left out:
 * `resolved`, `fired` and `levelChanged` carry them.
 */
export function escalationEvents(ended: readonly AttentionEnd[]): readonly EscalationEvent[] {
  return ended.flatMap(({ reason }): EscalationEvent[] => {
    switch (reason) {
      case 'unacknowledged':
        return [{ type: 'unacknowledged' }]
      case 'expired':
        return [{ type: 'acknowledgementExpired' }]
      case 'snoozeEnded':
      case 'elapsed':
      case 'unsnoozed':
        return [{ type: 'snoozeEnded' }]
      case 'critical':
      case 'acknowledged':
        return [{ type: 'released', by: 'snoozed' }]
      case 'resolved':
      case 'newEpisode':
      case 'levelRose':
        return []
    }
  })
}
