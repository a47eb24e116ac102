import { printable } from '@tocsin/core/printable'
import { EXIT, type ExitCode, exitCodeOf, strongest } from './exit-code.ts'
import { envelopeLine, type Outcome, PRINTED } from './outcome.ts'
import { problemLine, problemsOf, traces } from './problem.ts'
import type { Shell } from './shell.ts'
import { shellWords } from './text/shell-words.ts'

export interface PrinterOptions {
  readonly shell: Pick<Shell, 'stdout' | 'stderr'>
  /** Named in the envelope. */
  readonly command: string
  readonly json: boolean
  /** What `--config` named: the next command is about the same monitor. Default: it was found. */
  readonly config?: string | undefined
  /** Adds stack traces. */
  readonly debug: boolean
}

/** Prints what came of a command: data on stdout, messages on stderr, or one envelope. */
export interface Printer {
  print(outcome: Outcome): ExitCode
  /** Reports what was thrown. Never throws itself. */
  failed(thrown: unknown): ExitCode
}

export function createPrinter({ shell, command, json, config, debug }: PrinterOptions): Printer {
  const { stdout, stderr } = shell
  const say = (lines: readonly string[]): void => {
    if (lines.length > 0) stderr.write(`${lines.join('\n')}\n`)
  }
  const print = ({ exit, data, lines = [], problems = [], notes = [], next }: Outcome): ExitCode => {
    if (json && data !== PRINTED) stdout.write(`${envelopeLine(command, { ok: isDone(exit), data, problems })}\n`)
    if (!json && lines.length > 0) stdout.write(`${lines.join('\n')}\n`)
    say([...(json ? [] : problems.map(problemLine)), ...notes])
    if (next !== undefined && stderr.isTTY === true && !json) say(['', `next: ${sameMonitor(next, config)}`])
    return exit
  }
  return {
    print,
    failed(thrown) {
      const problems = problemsOf(thrown)
      const exit = print({ exit: strongest(problems.map(({ code }) => exitCodeOf(code))), problems })
      if (debug) say(traces(thrown).flatMap((trace) => trace.split('\n').map(printable)))
      return exit === EXIT.fine ? EXIT.failure : exit
    },
  }
}

/** A command as it reads the configuration that this one read. Some read none, or name their own. */
const sameMonitor = (next: string, config: string | undefined): string =>
  config === undefined || !/^tocsin (?!migrate |plugin )/.test(next) || next.includes(' --config ') ? next : `${next} ${shellWords(['--config', printable(config)])}`

/** Whether an exit code means that the command did what it was asked to. */
const isDone = (exit: ExitCode): boolean => exit === EXIT.fine || exit === EXIT.warning || exit === EXIT.critical
