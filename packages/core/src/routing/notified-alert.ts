import type { AlertRecord } from '../model/alert.ts'
import type { ToldAlert } from '../model/group.ts'
import type { NotifiedAlert } from '../model/notification.ts'

/**
 * An alert as one receiver is told about it.
 *
 * @param told what this receiver was last told about it.
 * @param matched whether the alert still fires for this receiver.
 */
export function notifiedAlert({ subject, state }: AlertRecord, told: ToldAlert | undefined, matched: boolean, now: number): NotifiedAlert {
  const { episode } = state
  // The episode that was told has ended.
  const toldOfAnother = told !== undefined && told.episodeId !== episode?.id
  const goesOn = state.level !== 'none' && !toldOfAnother
  const changed = told?.level !== state.level
  const refired = matched && told !== undefined && episode !== undefined ? episode.fires - told.fires : 0
  return {
    subject,
    change: !matched ? 'resolved' : told === undefined ? 'new' : changed ? 'changed' : 'unchanged',
    level: state.level,
    toldLevel: told?.level ?? 'none',
    health: state.health,
    episodeId: episode?.id ?? '',
    ...(refired > 0 ? { refired } : {}),
    ...(state.flapping ? { flapping: true } : {}),
    value: state.value,
    firedValue: episode?.firedValue ?? state.value,
    ...(episode?.recoveredValue === undefined ? {} : { recoveredValue: episode.recoveredValue }),
    peak: episode?.peak ?? state.value,
    worstLevel: toldOfAnother && !matched ? told.level : (episode?.worstLevel ?? state.level),
    recent: episode?.recent ?? [],
    firedAt: episode?.firedAt ?? now,
    ...(matched ? {} : { resolvedAt: goesOn ? now : (episode?.endedAt ?? now), resolveReason: goesOn ? 'rerouted' : (episode?.endReason ?? 'recovered') }),
    reason: state.reason,
    ...(state.expected === undefined ? {} : { expected: state.expected }),
  }
}
