/** An output that may be a terminal: what is needed of `process.stdout`. */
export interface Stream {
  write(text: string): unknown
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/** The signal that asked the process to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** Everything of the process that a command may touch. */
export interface Shell {
  readonly stdout: Stream
  readonly stderr: Stream
  /** Whether somebody can answer questions. */
  readonly interactive: boolean
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** Milliseconds since the epoch. */
  now(): number
  /** Aborted when the process is asked to stop, the `StopSignal` being its reason. */
  readonly stop: AbortSignal
  /** Aborted when nobody reads stdout any more: `tocsin run --continuous | head`. */
  readonly unread: AbortSignal
  /**
   * Takes SIGHUP for a request to read the configuration anew, in place of one to stop; gives how to end that. At a terminal it stays one to
   * stop: the terminal was closed.
   */
  onReload(listener: () => void): () => void
  /** Says how to report an error that nobody caught. It is called when the process ends, once the terminal is given back. */
  onCrash(report: (thrown: unknown) => void): void
}
