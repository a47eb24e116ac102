import { Cron } from 'croner'
import { openZone, type Zone } from '../routing/zoned-time.ts'

/** When a cron pattern comes, in a zone. */
export interface CronTimes {
  /** The first time after an instant, milliseconds since the epoch; `Infinity` where there is none. */
  after(at: number): number
}

/**
 * A cron pattern in a zone of which the clocks change. A time that exists twice comes the first time, or both times where the pattern names several of its hour. Times
 * that the clocks jump over come once, at the jump: croner does that for a pattern with one of them, and leaves the day out where there are more.
 */
export function openCronTimes(pattern: string, timeZone: string): CronTimes {
  const inZone = new Cron(pattern, { timezone: timeZone, paused: true })
  const onClocks = new Cron(pattern, { timezone: 'UTC', paused: true })
  const zone = openZone(timeZone)
  const isJumpedOver = (shown: number, until: number): boolean => (onClocks.nextRun(new Date(shown - 1_000))?.getTime() ?? Infinity) < until
  return {
    after(at) {
      const next = inZone.nextRun(new Date(at))?.getTime() ?? Infinity
      for (const { jump, shown, length } of jumpsBetween(zone, at, Math.min(next, at + LONGEST_LOOK))) {
        // What comes that soon after the jump comes for what was jumped over, too: every half hour, or every hour.
        if (jump + length < next && isJumpedOver(shown, shown + length)) return jump
      }
      return next
    },
  }
}

/** Two jumps forward are a year apart. */
const LONGEST_LOOK = 400 * 86_400_000

/** When the clocks go forward, what they would have shown then, and how far they go. */
function* jumpsBetween(zone: Zone, after: number, before: number): Generator<{ readonly jump: number; readonly shown: number; readonly length: number }> {
  for (let stretch = zone.stretchAt(after); stretch.until < before; ) {
    const next = zone.stretchAt(stretch.until)
    if (next.offset > stretch.offset && stretch.until > after) yield { jump: stretch.until, shown: stretch.until + stretch.offset, length: next.offset - stretch.offset }
    stretch = next
  }
}
