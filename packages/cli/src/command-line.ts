import type { CommanderError } from 'commander'
import type { Problem } from './problem.ts'

/** Every command, with those below it. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  init: [],
  check: [],
  run: [],
  'test-notify': [],
  backtest: [],
  alerts: [],
  explain: [],
  ack: [],
  snooze: [],
  silence: ['add', 'list', 'expire'],
  routes: ['test'],
  migrate: [],
  outbox: ['list', 'retry', 'drop'],
  doctor: [],
  iam: [],
  completion: [],
  plugin: ['new', 'list', 'test'],
  report: [],
}

/** The command that was typed, as far as that can be told without reading the options; `tocsin` when none was. */
export function typedCommand(args: readonly string[]): string {
  const at = args.findIndex((arg) => Object.hasOwn(COMMANDS, arg))
  const name = args[at]
  if (name === undefined) return 'tocsin'
  const below = args.slice(at + 1).find((arg) => COMMANDS[name]?.includes(arg))
  return below === undefined ? name : `${name} ${below}`
}

/** `--config-file` is not among them: with it a command line is the old script's, and is taken. */
const isOldFlag = (arg = ''): boolean => /^--(continuous|interval|region)(=|$)/.test(arg)

/** A mistake in the command line, with the library's suggestion as the fix. */
export function commandLineProblem({ code, message }: Pick<CommanderError, 'code' | 'message'>, args: readonly string[]): Problem {
  const command = typedCommand(args)
  const where = command === 'tocsin' ? null : `tocsin ${command}`
  const help = `${where ?? 'tocsin'} --help`
  if (code === 'commander.help') return { code: 'E600', what: 'no command', where, fix: `one of: ${(COMMANDS[command] ?? Object.keys(COMMANDS)).join(', ')}; see: ${help}` }
  const [what = message, ...rest] = message.replace(/^error: /, '').split('\n')
  if (command === 'tocsin' && isOldFlag(args[0])) return { code: 'E600', what, where, fix: 'name a command: tocsin run; or, as with the old script, its configuration: --config-file config.json' }
  const hint = /^\((.*)\)$/.exec(rest.join(' '))?.[1]
  return { code: 'E600', what, where, fix: hint === undefined ? `see: ${help}` : hint.replace(/^D/, 'd') }
}
