import type { Duration } from '../model/duration.ts'

/** Prometheus' units in the order in which they must stand: a year has 365 days. */
const UNITS = [['y', 31_536_000_000], ['w', 604_800_000], ['d', 86_400_000], ['h', 3_600_000], ['m', 60_000], ['s', 1_000], ['ms', 1]] as const

const PATTERN = new RegExp(`^${UNITS.map(([unit]) => `(?:(\\d+)${unit})?`).join('')}$`)

/** Go's durations hold up to 2^63 - 1 nanoseconds. */
const LONGEST = (2 ** 63 - 1) / 1_000_000

/** Milliseconds of a duration as Prometheus writes it: `1h30m`, `2w`, `0`. `undefined` when the text is not one. */
export function parsePrometheusDuration(text: string): number | undefined {
  if (text === '0') return 0
  const match = text === '' ? null : PATTERN.exec(text)
  if (match === null) return undefined
  const ms = UNITS.reduce((sum, [, size], index) => sum + Number(match[index + 1] ?? 0) * size, 0)
  return ms <= LONGEST ? ms : undefined
}

const GO_UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** Milliseconds of a duration as Go writes it, which the time-outs of some receivers are: `1m30s`, `1.5h`, `0`. */
export function parseGoDuration(text: string): number | undefined {
  if (text === '0') return 0
  if (!/^(?:\d+(?:\.\d*)?(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined
  return [...text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|μs|ms|s|m|h)/g)].reduce((sum, [, count, unit]) => sum + Number(count) * (GO_UNITS[unit ?? ''] ?? 0), 0)
}

/** The duration as declarations write it: the largest unit that divides it. `90m`, `2w`. */
export function writeDuration(ms: number): Duration {
  const units = UNITS.filter(([unit]) => unit !== 'y')
  for (const [unit, size] of units) if (ms % size === 0 && ms >= size) return `${ms / size}${unit as 'm'}`
  return `${ms}ms`
}
