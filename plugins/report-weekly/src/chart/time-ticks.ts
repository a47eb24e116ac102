import { openZone } from '@tocsin/core'
import type { Period } from '../figures.ts'
import { instantOf } from '../instant-of.ts'

/** A place on the axis of time. */
export interface TimeTick {
  readonly at: number
  readonly label: string
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Of the wall clock, so that days begin at midnight on both sides of a change to summer time. */
const STEPS: Readonly<Record<Period['kind'], number>> = { hour: 10 * MINUTE, day: 3 * HOUR, week: DAY, month: 7 * DAY }

const LABELS: Readonly<Record<Period['kind'], Intl.DateTimeFormatOptions>> = {
  hour: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  week: { weekday: 'short', day: 'numeric' },
  month: { day: 'numeric', month: 'short' },
}

/** The ticks of a period in a zone: every ten minutes of an hour, three hours of a day, day of a week, seven days of a month. */
export function timeTicks({ kind, from, until }: Period, timeZone: string): readonly TimeTick[] {
  const zone = openZone(timeZone)
  const label = new Intl.DateTimeFormat('en-GB', { timeZone, ...LABELS[kind] })
  const ticks: TimeTick[] = []
  const start = from + zone.stretchAt(from).offset
  for (let step = 0; ; step++) {
    // An hour that the clocks run through twice has the same walls twice, so within an hour only elapsed time counts.
    const at = kind === 'hour' ? from + step * STEPS.hour : instantOf(start + step * STEPS[kind], zone)
    if (at >= until) return ticks
    ticks.push({ at, label: label.format(at).replace(',', '') })
  }
}
