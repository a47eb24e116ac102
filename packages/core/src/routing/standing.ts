import type { AlertRecord } from '../model/alert.ts'
import type { GroupEntry } from '../model/group.ts'
import type { Group } from './group.ts'
import type { MuteReason } from './mute.ts'

/**
 * Where one alert stands with one receiver and group. `told`: the receiver knows that it fires. `waiting`: the receiver hears of it when the group is
 * looked at next. `muted`: it fires and is kept back. `endWaiting`: it ended, which the receiver hears at the next look. `endHeld`: it
 * ended, and that is kept back. `endTold`: the receiver was just told of its end. `endNotWanted`: it ended, and the receiver does not hear of
 * ends. `left`: nothing more is told of it in this group; it ended without a word, or is told elsewhere.
 */
export type Standing = { readonly is: 'told' | 'waiting' | 'endWaiting' | 'endTold' | 'endNotWanted' | 'left' } | { readonly is: 'muted' | 'endHeld'; readonly by: MuteReason }

/** An alert of a group, and where it stands. */
export interface AlertStanding {
  readonly fingerprint: string
  readonly standing: Standing
  /** When its episode began, milliseconds since the epoch; absent for one of which nothing is known any more. */
  readonly startedAt?: number
}

// Made once: most alerts of most groups stand like this at every look.
const TOLD: Standing = { is: 'told' }
const WAITING: Standing = { is: 'waiting' }

/** What came of a look at a group. */
export interface Looked {
  /** What has ended, by fingerprint, with what keeps its end back; `undefined` when nothing does. */
  readonly ends: ReadonlyMap<string, MuteReason | undefined>
  /** What the receiver knows to fire after this look. */
  readonly told: GroupEntry['firing']
  /** Whether it was told of the ends at this look. */
  readonly endsTold: boolean
  /** Whether it hears of ends. */
  readonly sendResolved: boolean
}

/** Where each alert of a group stands after a look at it. */
export function standingsOf({ firing, muted }: Pick<Group, 'firing' | 'muted'>, alerts: ReadonlyMap<string, AlertRecord>, looked: Looked): readonly AlertStanding[] {
  const { ends, told } = looked
  const standings: AlertStanding[] = []
  for (const [fingerprint, record] of firing) {
    const by = muted.get(fingerprint)
    // A rise of what is known is told at the very look that finds it.
    standings.push(standingOf(fingerprint, record, by !== undefined ? { is: 'muted', by } : fingerprint in told ? TOLD : WAITING))
  }
  for (const [fingerprint, by] of ends) {
    if (!firing.has(fingerprint)) standings.push(standingOf(fingerprint, alerts.get(fingerprint), endOf(by, looked)))
  }
  return standings
}

function endOf(by: MuteReason | undefined, { endsTold, sendResolved }: Looked): Standing {
  if (by !== undefined) return { is: 'endHeld', by }
  return { is: !sendResolved ? 'endNotWanted' : endsTold ? 'endTold' : 'endWaiting' }
}

function standingOf(fingerprint: string, record: AlertRecord | undefined, standing: Standing): AlertStanding {
  const startedAt = record?.state.episode?.startedAt
  return startedAt === undefined ? { fingerprint, standing } : { fingerprint, standing, startedAt }
}
