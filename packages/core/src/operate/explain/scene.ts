import type { Monitor } from '../../config/monitor.ts'
import { oneLine } from '../../one-line.ts'
import { formatDuration } from '../../model/duration.ts'
import type { MuteReason } from '../../routing/mute.ts'
import { nextChange } from '../../routing/mute-window-change.ts'
import { inWindow, openMuteWindow } from '../../routing/mute-window.ts'
import type { Evidence } from './evidence.ts'

/** What is needed to put what is stored into words. */
export interface Scene extends Evidence {
  readonly monitor: Monitor
  /** The instant that is explained. */
  readonly at: number
}

/** A time on the monitor's clock: `03:12`, with the date where that is another one. Seconds where they are not zero. */
export function clockText(time: number, { at, monitor: { timeZone } }: Pick<Scene, 'at' | 'monitor'>): string {
  const [date, clock = ''] = shown(time, timeZone).split(' ')
  const short = clock.replace(/:00$/, '')
  return date === shown(at, timeZone).split(' ')[0] ? short : `${date} ${short}`
}

const FORMATS = new Map<string, Intl.DateTimeFormat>()

/** To the second. Swedish, because Swedes write dates as ISO 8601 does. */
function shown(time: number, timeZone: string): string {
  const format = FORMATS.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  FORMATS.set(timeZone, format)
  return format.format(time)
}

/** What keeps an alert back, since `since`: `silence 6c8ca0a1 by ann until 06:00: deploy`. */
export function muteText(by: MuteReason, since: number, scene: Scene): string {
  switch (by.by) {
    case 'silence':
      return silenceText(by.id, scene)
    case 'snooze':
      return `snoozed${byWhom('snoozed', scene)} until ${clockText(by.until, scene)}`
    case 'inhibition':
      return `inhibited by rule ${oneLine(by.rule)}: ${inhibitedBy(by, scene)}`
    case 'muteWindow':
      return `its route is silent in ${windowText(by.name, since, 'ends', scene)}`
    case 'activeWindow':
      return `its route is silent outside of ${windowText(by.name, since, 'begins', scene)}`
    case 'flapping':
      return 'it flaps: it is held back until it is steady, but for its first critical'
  }
}

function silenceText(id: string, scene: Scene): string {
  const silence = scene.silences.get(id)
  const name = `silence ${oneLine(id).slice(0, 8)}`
  if (silence === undefined) return `${name}, which is not kept any more`
  const { createdBy, comment, endsAt, untilResolved } = silence
  const until = endsAt !== undefined ? ` until ${clockText(endsAt, scene)}` : untilResolved ? ' until what it hides has ended' : ' again and again'
  return `${name} by ${oneLine(createdBy)}${until}${comment === '' ? '' : `: ${oneLine(comment)}`}`
}

function inhibitedBy({ heldBy, source }: Extract<MuteReason, { by: 'inhibition' }>, { alerts }: Scene): string {
  if (heldBy === 'waitFor') return 'its source is given time to appear'
  if (heldBy === 'releaseAfter') return 'its source has ended, and it is given time to end too'
  const subject = source === undefined ? undefined : alerts.get(source)?.subject
  return subject === undefined ? `alert ${source?.slice(0, 8) ?? ''} fires` : `${oneLine(subject.rule)} of ${oneLine(subject.resource.name)} fires`
}

/** `nights until 06:00 (by the present configuration)`. */
function windowText(names: string, since: number, change: 'begins' | 'ends', scene: Scene): string {
  const known = scene.monitor.muteWindows.filter(({ name }) => names.split(', ').includes(name)).map((window) => openMuteWindow(window))
  const changes = known.filter((window) => inWindow(window, since) === (change === 'ends')).flatMap((window) => nextChange(window, since)?.at ?? [])
  return `${oneLine(names)}${changes.length === 0 ? '' : ` until ${clockText(Math.min(...changes), scene)} (by the present configuration)`}`
}

/** ` by ann`, for the last who did so. */
export function byWhom(kind: 'snoozed' | 'acknowledged', { events }: Pick<Scene, 'events'>): string {
  const who = events.findLast((event) => event.kind === kind)?.by
  return who === undefined ? '' : ` by ${oneLine(who)}`
}

/** A length of time from an event on: `at once`, `30s`. */
export const afterText = (ms: number): string => (ms <= 0 ? 'at once' : formatDuration(ms))
