/** A kind of series as sources give them: each value with what was measured behind it, so that its bits carry no more than a real one's. */
export interface Kind {
  readonly name: string
  /** The value at a step, given the one before. */
  next(random: () => number, step: number, before: number): number
}

/** The same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Up by day, down by night. */
const daily = (step: number): number => 0.6 - 0.4 * Math.cos((2 * Math.PI * step) / 288)
const whole = (value: number): number => Math.floor(value)

export const KINDS: readonly Kind[] = [
  { name: 'host CPU: busy ticks of about as many', next: (random, step) => (100 * whole(24_000 * daily(step) * (0.2 + 0.6 * random()))) / (23_990 + whole(20 * random())) },
  { name: 'host memory: share of 128 GiB in KiB', next: (random, step) => 100 * (1 - whole(8e7 - 4e7 * daily(step) + 400_000 * random()) / 131_891_236) },
  { name: 'host network: bytes over about 60 s', next: (random, step) => whole(3e7 * daily(step) * random()) / ((59_999 + whole(4 * random())) / 1_000) },
  { name: 'host disk: 500 GB in blocks of 4 KiB, slowly filling', next: (random, _, before) => (100 * whole(Math.max(6e7, (before * 115_990_921) / 100) + 30 * random())) / 115_990_921 },
  { name: 'host response time: ms, 1 % no answer', next: (random, step) => (random() < 0.01 ? Infinity : whole(20 + 180 * daily(step) * random()) / 1_000) },
  { name: 'CloudWatch CPU: mean of 5 minutes, 3 decimals', next: (random, step) => Array.from({ length: 5 }, () => whole(60_000 * daily(step) * random()) / 1_000).reduce((sum, one) => sum + one) / 5 },
  { name: 'CloudWatch network: mean of 5 minutes in bytes', next: (random, step) => whole(5 * 2e6 * daily(step) * (0.5 + random())) / 5 },
  { name: 'CloudWatch count: requests', next: (random, step) => whole(9_000 * daily(step) * (0.7 + 0.6 * random())) },
]

/** `count` values of a kind. */
export function valuesOf(kind: Kind, seed: number, count: number): Float64Array {
  const random = seeded(seed)
  let value = 0
  return Float64Array.from({ length: count }, (_, step) => (value = kind.next(random, step, value)))
}
