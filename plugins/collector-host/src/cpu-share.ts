import type { Change } from './change.ts'
import type { CpuTime } from './machine.ts'

/** Percent of the CPU time that was used, or NaN when the two samples do not compare. */
export function cpuShare({ before, after, seconds }: Change<CpuTime>): number {
  const whole = wholeOf(before, after, seconds)
  const busy = after.busy - before.busy
  // The kernel may take back a little of a CPU's idle time, and a container may use a burst it has saved: neither is more than all.
  return whole > 0 && busy >= 0 ? Math.min(100, (100 * busy) / whole) : NaN
}

function wholeOf(before: CpuTime, after: CpuTime, seconds: number): number {
  if (before.of === 'machine' && after.of === 'machine') return after.total - before.total
  if (before.of === 'limit' && after.of === 'limit') return after.cpus * seconds
  return NaN
}
