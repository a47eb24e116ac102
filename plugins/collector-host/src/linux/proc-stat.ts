/** `/proc/stat`: CPU time since boot. */
export interface ProcStat {
  /** Jiffies of all CPUs that were not idle. Time stolen by the hypervisor counts as busy, waiting for a disk as idle. */
  readonly busy: number
  readonly total: number
  /** How many CPUs are online. */
  readonly cpus: number
}

/** Reads `/proc/stat`, or gives `undefined` when it is not one. Columns that an old kernel lacks count as zero. */
export function parseProcStat(text: string): ProcStat | undefined {
  const columns = /^cpu +([\d ]+)$/m.exec(text)?.[1]?.trim().split(/ +/).map(Number)
  const cpus = text.match(/^cpu\d+ /gm)?.length ?? 0
  if (!columns || columns.length < 4 || cpus === 0) return undefined
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = columns
  // The columns after these are guests' time, which is part of user and nice already.
  const busy = user + nice + system + irq + softirq + steal
  return { busy, total: busy + idle + iowait, cpus }
}
