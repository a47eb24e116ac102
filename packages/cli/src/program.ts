import { readFileSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { commandLineProblem, typedCommand } from './command-line.ts'
import { EXIT, EXIT_CODES, type ExitCode } from './exit-code.ts'
import type { Invocation } from './invocation.ts'
import { type Outcome } from './outcome.ts'
import { createPrinter, type Printer } from './printer.ts'
import { problemsOf } from './problem.ts'
import type { Shell } from './shell.ts'
import { painted, unpainted, wantsColour } from './text/paint.ts'

type CommandBody = (invocation: Invocation) => Promise<Outcome>

/**
 * Runs one command line and prints what came of it.
 *
 * @param args what was typed after `tocsin`.
 * @returns the exit code; never throws.
 */
export async function tocsin(args: readonly string[], shell: Shell): Promise<ExitCode> {
  let exit: ExitCode = EXIT.fine
  // Until the options are read, a crash or a mistake in them is reported as they look.
  let printer = createPrinter({ shell, command: typedCommand(args), json: args.includes('--json'), debug: args.includes('--debug') })
  shell.onCrash((thrown) => void printer.failed(thrown))

  const does = (load: () => Promise<CommandBody>) => async (...all: unknown[]): Promise<void> => {
    const command = all.at(-1)
    if (!(command instanceof Command)) throw new TypeError('commander passes the command last')
    const invocation = invocationOf(command, shell)
    printer = createPrinter({ shell, command: pathOf(command), json: invocation.json, debug: invocation.debug })
    exit = await execute(await load(), invocation, printer)
  }
  try {
    await program(shell, does).parseAsync([...args], { from: 'user' })
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

function program(shell: Shell, does: (load: () => Promise<CommandBody>) => (...all: unknown[]) => Promise<void>): Command {
  const root = new Command('tocsin')
    .description('Watches AWS resources and hosts, and tells who must know.')
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: (text) => void shell.stdout.write(text), writeErr: () => {} })
    .option('-c, --config <file>', 'the configuration (default: tocsin.config.ts, tocsin.yaml and their like, here or in a folder above)')
    .option('--json', 'print one JSON object on stdout')
    .option('--debug', 'print debug messages and stack traces on stderr')
    .option('--no-color', 'print no colours (so does NO_COLOR; FORCE_COLOR prints them)')
    .addHelpText('after', `\nExit codes:\n${EXIT_CODES.toSorted((a, b) => a.code - b.code).map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`).join('\n')}`)

  root
    .command('init')
    .description('write a configuration: asks on a terminal, takes flags elsewhere')
    .option('--watch <names>', 'what to watch: host, ec2, rds, s3, cloudwatch', list)
    .option('--regions <regions>', 'AWS regions to watch', list)
    .option('--notify <names>', 'whom to tell: console, file, slack, email, sns, webhook', list)
    .option('--channel <name>', 'the Slack channel')
    .option('--to <addresses>', 'the mail addresses', list)
    .option('--yaml', 'write tocsin.yaml in place of tocsin.config.ts')
    .option('-y, --yes', 'ask nothing; take the default where a flag is missing')
    .option('--force', 'overwrite a file that exists')
    .action(does(async () => (await import('./commands/init.ts')).init))
  root
    .command('check')
    .description('read the configuration, offline, and say what is wrong with it or what it does')
    .action(does(async () => (await import('./commands/check.ts')).check))
  root
    .command('run')
    .description('watch: one pass, or on and on')
    .option('--continuous', 'go on until stopped')
    .option('--interval <time>', 'time between two passes, in place of the configured one: seconds, or 5m')
    .option('--standby', 'wait while another process runs this monitor, and take over when that one ends')
    .option('-n, --dry-run', 'tell nobody and keep nothing')
    .option('--only <collector>', 'run this collector only; may be repeated', repeated)
    .option('--exit-code', 'exit 10 when an alert is a warning, 11 when one is critical')
    .action(does(async () => (await import('./commands/run.ts')).run))
  root
    .command('test-notify')
    .description('send a message marked TEST to everybody, or to one')
    .argument('[name]', 'a name in `notify`')
    .addOption(new Option('--severity <level>', 'the level of the message').choices(['warning', 'critical']))
    .option('--resolve', 'send the end of an alert in place of its beginning')
    .action(does(async () => (await import('./commands/test-notify.ts')).testNotify))
  root
    .command('alerts')
    .description('list the alerts that are active, as the last run left them')
    .action(does(async () => (await import('./commands/alerts.ts')).alerts))
  const outbox = root.command('outbox').description('look after the messages on their way')
  outbox
    .command('list')
    .description('list the messages that are on their way or were given up')
    .option('--all', 'those that arrived or were dropped too')
    .action(does(async () => (await import('./commands/outbox-list.ts')).outboxList))
  outbox
    .command('retry')
    .description('have messages sent again, those that were given up included')
    .argument('<ids...>', 'the beginning of the id in "tocsin outbox list"')
    .action(does(async () => (await import('./commands/outbox-change.ts')).outboxRetry))
  outbox
    .command('drop')
    .description('give messages up for good')
    .argument('<ids...>', 'the beginning of the id in "tocsin outbox list"')
    .action(does(async () => (await import('./commands/outbox-change.ts')).outboxDrop))
  return root
}

/** `outbox list`: the name of a command with those above it, without `tocsin`. */
const pathOf = (command: Command): string => (command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim())

const repeated = (one: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), one]

/** `host,ec2`, or the flag repeated. */
const list = (text: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), ...text.split(',').map((part) => part.trim()).filter((part) => part !== '')]

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown'
}
