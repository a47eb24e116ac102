import { formatDuration, formatMatchers, type ListedSilence, oneLine } from '@tocsin/core'
import { wallClock } from '../text/wall-clock.ts'
import { agoOf } from './attention-words.ts'
import { isoTime } from './cycle-json.ts'
import { intervalsText } from './interval-words.ts'

type Silence = ListedSilence['silence']

/** Every set, of which one is enough: `{rule="ec2.cpu",name=~"web-.*"} or {name="db-1"}`. */
export const matcherSetsText = ({ matcherSets }: Pick<Silence, 'matcherSets'>): string => matcherSets.map((set) => oneLine(formatMatchers(set))).join(' or ')

/** The first eight characters of its id: enough to name it. */
export const silenceId = ({ id }: Pick<Silence, 'id'>): string => id.slice(0, 8)

/** When it holds: `for 2h, until 2026-03-01 18:00 Europe/Berlin`. */
export function silenceTimes({ startsAt, endsAt, untilResolved, recurring }: Silence, now: number, timeZone: string): string {
  const clock = (at: number): string => `${wallClock(at, timeZone)} ${timeZone}`
  const again = recurring === undefined ? [] : [`at ${intervalsText(recurring)}`]
  const from = startsAt > now ? [`from ${clock(startsAt)}`] : []
  const resolved = untilResolved ? ['until what it hides has ended'] : []
  const until = endsAt === undefined ? [] : [...(resolved.length > 0 || recurring !== undefined ? [] : [`for ${formatDuration(endsAt - Math.max(startsAt, now))}`]), `until ${clock(endsAt)}`]
  return [...again, ...from, ...resolved, ...until].join(', ')
}

/** Its state and why it is in it: `active`, `pending: not started yet`. */
export function statusText({ state, reason }: ListedSilence['status']): string {
  const why = { notStarted: 'not started yet', betweenWindows: 'between its times', started: '', inWindow: 'in its times', untilResolved: 'until all is resolved', ended: '', expired: 'by hand', replaced: 'replaced', resolved: 'all is resolved' }[reason]
  return why === '' ? state : `${state}: ${why}`
}

/** When it ends, seen from now: `in 2h`, `5m ago`. Empty where it has no end of its own. */
export const endText = ({ endsAt }: Silence, now: number): string => (endsAt === undefined ? '' : endsAt > now ? `in ${formatDuration(endsAt - now)}` : agoOf(endsAt, now))

/** That a silence hides an alert: `silenced by ann for 2h more`. */
export function silenceText({ createdBy, endsAt }: Silence, now: number): string {
  return `silenced by ${oneLine(createdBy)}${endsAt === undefined ? '' : ` for ${formatDuration(endsAt - now)} more`}`
}

/** A silence as `--json` prints it. */
export function silenceJson(silence: Silence) {
  const { startsAt, endsAt, untilResolved = false, recurring } = silence
  return {
    id: silence.id,
    matchers: silence.matcherSets.map(formatMatchers),
    startsAt: isoTime(startsAt),
    endsAt: isoTime(endsAt ?? Number.NaN),
    untilResolved,
    recurring: recurring === undefined ? null : intervalsText(recurring),
    by: silence.createdBy,
    comment: silence.comment,
  }
}
