/** The time of the first cycle. */
export const NOW = Date.parse('2026-01-05T12:00:30Z')
export const INSTANCES = 10_000
export const REGION = 'us-west-2'
export const METRICS = ['CPUUtilization', 'NetworkIn', 'NetworkOut'] as const
/** Basic monitoring: a point in five minutes, final after five more; five periods are read again in every poll. */
export const PERIOD = 300
export const WINDOW = { start: new Date(NOW - 30_000 - 1_800_000), end: new Date(NOW - 30_000) }

/** One cycle, as a contender's process tells of it. */
export interface Cycle {
  readonly series: number
  readonly points: number
  /** Seconds. */
  readonly wall: number
  readonly cpu: number
  /** Most memory of the process, MB. */
  readonly memory: number
}

/** Measures a cycle in a process of its own. */
export async function measured(run: () => Promise<Pick<Cycle, 'series' | 'points'>>): Promise<Cycle> {
  const [began, before] = [performance.now(), process.cpuUsage()]
  const counts = await run()
  const { user, system } = process.cpuUsage(before)
  return { ...counts, wall: (performance.now() - began) / 1_000, cpu: (user + system) / 1e6, memory: process.resourceUsage().maxRSS / 1_024 }
}
