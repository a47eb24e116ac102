/** What a machine tells of itself. Everything here may throw a `TocsinError` E207: it cannot be measured. */
export interface Machine {
  cpu(): Promise<CpuTime>
  /** Percent in use. */
  memory(): Promise<number>
  /** Percent in use. */
  swap(): Promise<number>
  /** One-minute load average per CPU. */
  load(): Promise<number>
  mounts(): Promise<Mounts>
  interfaces(): Promise<readonly InterfaceCounters[]>
  /** Bits per second, or `undefined` when the machine does not know. */
  linkSpeed(name: string): Promise<number | undefined>
}

/** CPU time since an instant that does not change. */
export type CpuTime =
  /** Of all CPUs, `busy` out of `total`, in any unit. */
  | { readonly of: 'machine'; readonly busy: number; readonly total: number }
  /** Of a container that may use `cpus` CPUs, in seconds. */
  | { readonly of: 'limit'; readonly busy: number; readonly cpus: number }

interface Mounts {
  /** One mount point for each local filesystem. */
  readonly local: readonly string[]
  /** Whether something is mounted there. */
  readonly has: (mountPoint: string) => boolean
}

/** Counts since the interface came up. */
export interface InterfaceCounters {
  readonly name: string
  /** Changes when another interface takes the name. */
  readonly index?: number
  /** Bytes. */
  readonly received: number
  /** Bytes. */
  readonly sent: number
  /** Errors and dropped packets, both directions. */
  readonly faults: number
}
