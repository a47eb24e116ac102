import { readFileSync } from 'node:fs'
import type { ReceivedAlert } from './receiver.ts'

/** One side of the comparison: a process of its own that waits to be given alerts. */
export interface Subject {
  readonly pid: number
  /** Gives it one more wave of alerts; `begins` is called when the first of them arrives. */
  give(alerts: readonly ReceivedAlert[], begins: () => void): Promise<void>
  stop(): Promise<void>
}

/** What a process has used since it started. */
export interface Cost {
  /** User and system time of all its threads, seconds. */
  readonly processor: number
  /** The most memory it ever held (`VmHWM`), bytes. */
  readonly peak: number
}

/** The kernel counts processor time for programs in hundredths of a second, whatever its own clock. */
const TICKS = 100

export function costOf(pid: number): Cost {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in brackets may hold spaces; utime and stime are the 12th and 13th fields after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return { processor: (Number(fields[11]) + Number(fields[12])) / TICKS, peak: Number(peak) * 1_024 }
}
