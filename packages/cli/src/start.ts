import { EXIT, type ExitCode } from './exit-code.ts'
import { tocsin } from './program.ts'
import { xdgFolder } from './run/xdg-folder.ts'
import type { Shell, StopSignal } from './shell.ts'

/** After SIGTERM the process is gone within 5 s, whatever a plugin does. */
const PATIENCE = 4_500

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies readonly StopSignal[]

/**
 * Runs the command of this process and ends the process.
 *
 * @param command what is run with what was typed. Default: `tocsin`.
 */
export async function start(command: (args: readonly string[], shell: Shell) => Promise<ExitCode> = tocsin): Promise<void> {
  const stop = new AbortController()
  const unread = new AbortController()
  let reportCrash = (thrown: unknown): void => void process.stderr.write(`unexpected error: ${String(thrown)}\n`)
  // The terminal is given back by an exit handler of its own; what is said must come after that.
  const crash = (thrown: unknown): never => {
    process.once('exit', () => reportCrash(thrown))
    return process.exit(EXIT.failure)
  }
  const reloads = new Set<() => void>()
  const hasTerminal = process.stdin.isTTY || process.stdout.isTTY
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (signal !== 'SIGHUP' || hasTerminal || reloads.size === 0) return stopFor(signal, stop)
      for (const reload of reloads) reload()
    })
  }
  for (const stream of [process.stdout, process.stderr]) stream.on('error', (error: NodeJS.ErrnoException) => (isReaderGone(error) ? unread.abort() : crash(error)))
  process.on('unhandledRejection', crash)
  process.on('uncaughtException', crash)

  // Collectors read it: single passes need not look for their resources anew each time.
  process.env['TOCSIN_CACHE_DIR'] ??= xdgFolder('XDG_CACHE_HOME', process.env)
  const shell: Shell = {
    stdout: process.stdout,
    stderr: process.stderr,
    interactive: process.stdin.isTTY && process.stdout.isTTY,
    env: process.env,
    cwd: process.cwd(),
    now: () => Date.now(),
    stop: stop.signal,
    unread: unread.signal,
    onReload(listener) {
      reloads.add(listener)
      return () => void reloads.delete(listener)
    },
    onCrash: (report) => void (reportCrash = report),
  }
  await leave(await command(process.argv.slice(2), shell))
}

function stopFor(signal: StopSignal, stop: AbortController): void {
  const exit = signal === 'SIGINT' ? EXIT.interrupted : EXIT.fine
  // Asked twice, or for too long: what is queued is in the state file, and the next start goes on with it.
  if (stop.signal.aborted) process.exit(exit)
  stop.abort(signal)
  setTimeout(() => {
    process.stderr.write('a plugin did not stop in time; what it left undone is done by the next run\n')
    process.exit(exit)
  }, PATIENCE).unref()
}

/** `tocsin alerts | head -1` is no failure, and neither is a terminal that was closed. */
const isReaderGone = ({ code }: NodeJS.ErrnoException): boolean => code === 'EPIPE' || code === 'EIO'

/** Ends the process once everything is written: a plugin may have left a connection open that would keep it alive. */
async function leave(exit: ExitCode): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))))
  process.exit(exit)
}
