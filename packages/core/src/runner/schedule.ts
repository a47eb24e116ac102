import { Cron } from 'croner'
import type { Monitor } from '../config/monitor.ts'

/** When cycles run. */
export interface Schedule {
  /** Milliseconds between two cycles; of a cron pattern, the next two. */
  interval(now: number): number
  /** The first instant after `now` at which a cycle is due. Missed ones are passed over, never caught up. */
  next(started: number, now: number): number
}

/** The monitor's `schedule`, or its `every` counted from the start of the first cycle. */
export function scheduleOf({ every, schedule, timeZone }: Pick<Monitor, 'every' | 'schedule' | 'timeZone'>): Schedule {
  if (schedule === undefined) {
    return { interval: () => every, next: (started, now) => started + (Math.floor((now - started) / every) + 1) * every }
  }
  const cron = new Cron(schedule, { timezone: timeZone, paused: true })
  const after = (at: number): number => cron.nextRun(new Date(at))?.getTime() ?? Infinity
  return { interval: (now) => after(after(now)) - after(now), next: (_started, now) => after(now) }
}
