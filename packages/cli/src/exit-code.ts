/** How the command can end. */
export const EXIT = { fine: 0, failure: 1, usage: 2, partial: 3, denied: 4, warning: 10, critical: 11, interrupted: 130 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/**
 * Every exit code with its meaning, strongest first: where several apply, the first of this table wins.
 *
 * Critical stands above the troubles because no missing point could make it better; warning stands below them because a missing
 * point could hide a critical one. Trouble with the credentials stands above other trouble because it explains it.
 */
export const EXIT_CODES: readonly { readonly code: ExitCode; readonly meaning: string }[] = [
  { code: EXIT.interrupted, meaning: 'interrupted with Ctrl-C (SIGINT)' },
  { code: EXIT.usage, meaning: 'wrong use of the command, or a configuration that is not sound' },
  { code: EXIT.critical, meaning: 'with --exit-code: an alert is critical' },
  { code: EXIT.denied, meaning: 'credentials are missing or a permission is denied (E201, E202)' },
  { code: EXIT.failure, meaning: 'failure: a message could not be delivered, or something unexpected' },
  { code: EXIT.partial, meaning: 'partial: some or all sources gave no data' },
  { code: EXIT.warning, meaning: 'with --exit-code: an alert is a warning' },
  { code: EXIT.fine, meaning: 'fine; also after SIGTERM' },
]

/** The exit code that wins among those that apply. */
export function strongest(codes: Iterable<ExitCode>): ExitCode {
  const applying = new Set(codes)
  return EXIT_CODES.find(({ code }) => applying.has(code))?.code ?? EXIT.fine
}

/** The exit code of one error, by its own code. */
export function exitCodeOf(errorCode: string): ExitCode {
  if (errorCode === 'E201' || errorCode === 'E202') return EXIT.denied
  if (/^E(1\d\d|6\d\d)$/.test(errorCode)) return EXIT.usage
  if (/^E[24]\d\d$/.test(errorCode)) return EXIT.partial
  return EXIT.failure
}
