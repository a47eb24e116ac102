import type { CommanderError } from 'commander'
import type { Problem } from './problem.ts'

const COMMANDS: ReadonlySet<string> = new Set(['init', 'check', 'run', 'test-notify', 'alerts'])

/** The command that was typed, as far as that can be told without reading the options; `tocsin` when none was. */
export const typedCommand = (args: readonly string[]): string => args.find((arg) => COMMANDS.has(arg)) ?? 'tocsin'

/** A mistake in the command line, with the library's suggestion as the fix. */
export function commandLineProblem({ code, message }: Pick<CommanderError, 'code' | 'message'>, args: readonly string[]): Problem {
  const command = typedCommand(args)
  const help = command === 'tocsin' ? 'tocsin --help' : `tocsin ${command} --help`
  if (code === 'commander.help') return { code: 'E600', what: 'no command', where: null, fix: `one of: ${[...COMMANDS].join(', ')}; see: ${help}` }
  const [what = message, ...rest] = message.replace(/^error: /, '').split('\n')
  const hint = /^\((.*)\)$/.exec(rest.join(' '))?.[1]
  return { code: 'E600', what, where: command === 'tocsin' ? null : `tocsin ${command}`, fix: hint === undefined ? `see: ${help}` : hint.replace(/^D/, 'd') }
}
