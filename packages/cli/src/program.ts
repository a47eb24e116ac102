import { Command, CommanderError } from 'commander'
import { commandLineProblem, typedCommand } from './command-line.ts'
import { type CommandBody, commandTree } from './command-tree.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import type { Invocation } from './invocation.ts'
import { fromOldCommandLine } from './old-script/old-command-line.ts'
import { createPrinter, type Printer } from './printer.ts'
import { problemsOf } from './problem.ts'
import type { Shell } from './shell.ts'
import { painted, unpainted, wantsColour } from './text/paint.ts'

/**
 * Runs one command line and prints what came of it.
 *
 * @param typed what was typed after `tocsin`.
 * @returns the exit code; never throws.
 */
export async function tocsin(typed: readonly string[], shell: Shell): Promise<ExitCode> {
  const args = fromOldCommandLine(typed) ?? typed
  let exit: ExitCode = EXIT.fine
  // Until the options are read, a crash or a mistake in them is reported as they look.
  let printer = createPrinter({ shell, command: typedCommand(args), json: args.includes('--json'), debug: args.includes('--debug') })
  shell.onCrash((thrown) => void printer.failed(thrown))

  const does = (load: () => Promise<CommandBody>) => async (...all: unknown[]): Promise<void> => {
    const command = all.at(-1)
    if (!(command instanceof Command)) throw new TypeError('commander passes the command last')
    const invocation = invocationOf(command, shell)
    printer = createPrinter({ shell, command: pathOf(command), json: invocation.json, config: invocation.config, debug: invocation.debug })
    exit = await execute(await load(), invocation, printer)
  }
  try {
    await commandTree(shell, does).parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) return printer.failed(error)
    if (error.exitCode === 0) return EXIT.fine
    return printer.print({ exit: EXIT.usage, problems: [commandLineProblem(error, args)] })
  }
  return exit
}

async function execute(body: CommandBody, invocation: Invocation, printer: Printer): Promise<ExitCode> {
  const { stop } = invocation.shell
  try {
    const exit = printer.print(await body(invocation))
    return stop.aborted ? stopExit(stop) : exit
  } catch (error) {
    return stop.aborted && !isTold(error) ? stopExit(stop) : printer.failed(error)
  }
}

const stopExit = (stop: AbortSignal): ExitCode => (stop.reason === 'SIGINT' ? EXIT.interrupted : EXIT.fine)

/** Whether an error that follows a stop says more than that it was stopped. */
const isTold = (error: unknown): boolean => problemsOf(error).some(({ code }) => code !== 'unexpected')

function invocationOf(command: Command, shell: Shell): Invocation {
  const { config, json = false, debug = false, color = true, ...options } = command.optsWithGlobals<{ config?: string; json?: boolean; debug?: boolean; color?: boolean }>()
  const colour = wantsColour({ flag: color, env: shell.env, terminal: shell.stdout.isTTY === true })
  return { shell, config, json, debug, paint: colour ? painted : unpainted, options, args: command.args }
}

/** `silence add`: the name of a command with those above it, without `tocsin`. */
const pathOf = (command: Command): string => (command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim())
