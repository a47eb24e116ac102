import { type AlertRecord, type Attention, formatDuration, oneLine, reviewAttention } from '@tocsin/core'
import { isoTime } from './cycle-json.ts'
import { ageOf } from './cycle-table.ts'

/** What still holds at this moment of what people have said of an alert: since the last run some of it may have ended with time. */
export function attentionNow(attention: Attention | undefined, { state: { phase, level, episode } }: AlertRecord, now: number): Pick<Attention, 'ack' | 'snooze'> {
  return reviewAttention(attention, { phase, level, episodeId: episode?.id ?? '' }, now).attention ?? {}
}

/** `ann took it on 5m ago: looking`, `snoozed by bob for 1h more`. */
export function attentionWords({ ack, snooze }: Pick<Attention, 'ack' | 'snooze'>, now: number): string[] {
  return [
    ...(ack === undefined ? [] : [`${oneLine(ack.by)} took it on ${agoOf(ack.at, now)}${ack.comment === undefined ? '' : `: ${oneLine(ack.comment)}`}`]),
    ...(snooze === undefined ? [] : [`snoozed by ${oneLine(snooze.by)} for ${formatDuration(snooze.until - now)} more`]),
  ]
}

/** `5m ago`, `just now`. */
export const agoOf = (at: number, now: number): string => (ageOf(at, now) === 'now' ? 'just now' : `${ageOf(at, now)} ago`)

/** What people have said of an alert as `--json` prints it. */
export function attentionJson({ ack, snooze }: Pick<Attention, 'ack' | 'snooze'>) {
  return {
    ack: ack === undefined ? null : { by: ack.by, at: isoTime(ack.at), until: isoTime(ack.until ?? Number.NaN), sticky: ack.sticky, comment: ack.comment ?? null },
    snooze: snooze === undefined ? null : { by: snooze.by, at: isoTime(snooze.at), until: isoTime(snooze.until), evenCritical: snooze.evenCritical },
  }
}
