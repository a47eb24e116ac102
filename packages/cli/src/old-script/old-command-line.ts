/**
 * The old script's command line as one of ours: `--continuous --interval 300 --region us-west-2 --config-file config.json`. It has no
 * command, and names its configuration in its own way; nothing else is taken for it.
 */
export function fromOldCommandLine(args: readonly string[]): readonly string[] | undefined {
  const file = valueOf(args, '--config-file')
  if (file === undefined || !args[0]?.startsWith('-')) return undefined
  const continuous = args.includes('--continuous')
  const rest = args.filter((arg, index) => !isPartOf('--config-file', args, arg, index) && (continuous || !isPartOf('--interval', args, arg, index)))
  // Without --continuous the old script took an interval and made no use of it.
  return ['run', ...rest, '--config', file]
}

function valueOf(args: readonly string[], flag: string): string | undefined {
  const at = args.indexOf(flag)
  return at >= 0 ? (args[at + 1] ?? '') : args.find((arg) => arg.startsWith(`${flag}=`))?.slice(flag.length + 1)
}

const isPartOf = (flag: string, args: readonly string[], arg: string, index: number): boolean => arg === flag || arg.startsWith(`${flag}=`) || args[index - 1] === flag
