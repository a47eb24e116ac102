import type { Paint } from './text/paint.ts'
import type { Shell } from './shell.ts'

/** One call of a command: what was typed, and where it runs. */
export interface Invocation {
  readonly shell: Shell
  /** `-c`, `--config`. */
  readonly config: string | undefined
  readonly json: boolean
  readonly debug: boolean
  /** Colours what goes to stdout. */
  readonly paint: Paint
  /** The command's own options, as they were typed. */
  readonly options: unknown
  /** The command's arguments. */
  readonly args: readonly string[]
}
