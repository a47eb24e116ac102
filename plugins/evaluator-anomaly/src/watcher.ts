import { Auto } from './auto.ts'
import type { Detector, Finding } from './detector.ts'
import { localHours } from './local-hours.ts'
import { Memory } from './memory.ts'
import type { Settings } from './options.ts'
import { Refractory } from './refractory.ts'
import { Seasonal } from './seasonal.ts'
import { Stddev } from './stddev.ts'

/** Sigmas are rounded to this part: the digits behind it depend on the unit that the values come in. */
const STEPS = 1e5

/** Watches one series: learns it, and says of each point whether it is news. */
export interface Watcher {
  /** Points that are still to be learned before the first one is judged. */
  readonly toLearn: number
  /** @returns the sigmas of a point that is news, 0 of any other and while it learns. `finding` tells of it until the next one. */
  observe(at: number, value: number): number
  readonly finding: Finding
  /** Whether a value below zero was ever seen. */
  readonly goesNegative: boolean
  write(): string
}

/** Makes watchers of series, all with the same settings. They may share the calendar, so they are used one after the other. */
export function watcherFactory({ method, minHistory, refractory, direction, zone }: Settings): (remembered?: string) => Watcher {
  const hourOfWeek = localHours(zone)
  const detectors = {
    auto: (memory: Memory): Detector => new Auto(memory, hourOfWeek),
    seasonal: (memory: Memory): Detector => new Seasonal(memory, hourOfWeek),
    stddev: (memory: Memory): Detector => new Stddev(memory),
  }
  const counts = (departure: number): boolean => direction === 'both' || (direction === 'high' ? departure > 0 : departure < 0)

  return (remembered) => {
    const memory = new Memory()
    /** [0] points learned, up to the least history; [1] is 1 once a value was below zero. */
    const seen = memory.numbers(2)
    const filter = new Refractory(memory, refractory)
    const detector = detectors[method](memory)
    // What another method wrote has another layout, and is left.
    if (remembered !== undefined) memory.read(remembered)
    let finding: Finding | undefined
    return {
      get toLearn() {
        return Math.max(0, minHistory - (seen[0] ?? 0))
      },
      observe(at, value) {
        finding = detector.observe(at, value)
        const learned = seen[0] ?? 0
        if (value < 0) seen[1] = 1
        seen[0] = Math.min(learned + 1, minHistory)
        return learned < minHistory || !counts(finding.departure) ? 0 : filter.filter(Math.round(finding.sigmas * STEPS) / STEPS)
      },
      get finding() {
        if (finding === undefined) throw new Error('no point was observed')
        return finding
      },
      get goesNegative() {
        return seen[1] === 1
      },
      write: () => memory.write(),
    }
  }
}
