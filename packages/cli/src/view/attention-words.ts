import { type AlertRecord, type Attended, formatDuration, oneLine } from '@tocsin/core'
import { isoTime } from './cycle-json.ts'
import { ageOf } from './cycle-table.ts'

/** What people have said of one alert. */
export type Attention = NonNullable<Attended['attention']>

/**
 * What still holds of it at this moment. What ends with a change of the alert was taken out by the run that saw the change; what ends with
 * time is taken out here, since no run may have come since. A snooze that is over takes an acknowledgement beside it along.
 */
export function attentionNow(attention: Attention | undefined, { state }: AlertRecord, now: number): Pick<Attention, 'ack' | 'snooze'> {
  if (attention === undefined || attention.episodeId !== state.episode?.id) return {}
  const { ack, snooze } = attention
  const elapsed = snooze !== undefined && now >= snooze.until
  return {
    ...(ack === undefined || elapsed || now >= (ack.until ?? Infinity) ? {} : { ack }),
    ...(snooze === undefined || elapsed ? {} : { snooze }),
  }
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
