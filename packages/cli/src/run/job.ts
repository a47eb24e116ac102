import type { Monitor, MonitorSource, Store } from '@tocsin/core'
import type { Invocation } from '../invocation.ts'

/** What `run` has to do, once the flags and the configuration are read. */
export interface Job {
  readonly monitor: Monitor
  readonly store: Store
  /** Where `store` is, as it may be shown. */
  readonly stateFile: string
  readonly invocation: Invocation
  readonly dryRun: boolean
  /** Whether it waits while another process runs this monitor. */
  readonly standby: boolean
  /** Collectors to run. Left out: all. */
  readonly only?: readonly string[]
}

/** A run that goes on. */
export interface ContinuousJob extends Job {
  /** Gives configurations that take over. */
  readonly reloads: MonitorSource
}
