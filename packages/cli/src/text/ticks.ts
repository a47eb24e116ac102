import { readWallClock, wallClock } from './wall-clock.ts'

/** An instant that is worth a label on an axis. */
export interface Tick {
  readonly at: number
  readonly text: string
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 364 * DAY]

/** Round times on the clocks of a zone, at most so many of them: dates where a day or more lies between two, else times of day. */
export function ticksOf(from: number, until: number, timeZone: string, most: number): readonly Tick[] {
  const step = STEPS.find((one) => (until - from) / one <= most) ?? 364 * DAY * Math.ceil((until - from) / most / (364 * DAY))
  const wall = (at: number): number => Date.parse(`${wallClock(at, timeZone).replace(' ', 'T')}Z`)
  const first = Math.ceil(wall(from) / step) * step
  return Array.from({ length: most + 1 }, (_, index) => readWallClock(new Date(first + index * step).toISOString().slice(0, 16), timeZone))
    .filter((at) => at >= from && at < until)
    .map((at) => ({ at, text: step >= DAY ? wallClock(at, timeZone).slice(until - from > 364 * DAY ? 0 : 5, 10) : wallClock(at, timeZone).slice(11) }))
}
