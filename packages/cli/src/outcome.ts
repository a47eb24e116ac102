import { printable } from '@tocsin/core/printable'
import type { ExitCode } from './exit-code.ts'
import type { Problem } from './problem.ts'

/** The data of a command that has printed its envelopes as it went. */
export const PRINTED: unique symbol = Symbol('printed')

/** What came of a command, before it is printed: the same for people and for programs. */
export interface Outcome {
  readonly exit: ExitCode
  /** What `--json` prints; `PRINTED` for a command that printed its envelopes as it went. */
  readonly data?: unknown
  /** What people read on stdout. */
  readonly lines?: readonly string[]
  /** What went wrong: on stderr, and in the envelope. */
  readonly problems?: readonly Problem[]
  /** What else people should know: on stderr. */
  readonly notes?: readonly string[]
  /** The command to try next: on stderr, on a terminal only. */
  readonly next?: string
}

/** The one form of everything `--json` prints. */
export interface Envelope {
  /** Version of the form. */
  readonly tocsin: 1
  readonly command: string
  /** Whether the command did all it was asked to; what it found is another matter (see `--exit-code`). */
  readonly ok: boolean
  readonly data: unknown
  readonly problems: readonly Problem[]
}

/** What `--json` prints, as one line. */
export function envelopeLine(command: string, { ok, data, problems }: Pick<Envelope, 'ok' | 'data' | 'problems'>): string {
  return printable(JSON.stringify({ tocsin: 1, command, ok, data: data ?? null, problems } satisfies Envelope))
}
