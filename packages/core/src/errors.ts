/** Every code, with the sentence that `ERRORS.md` explains. A test compares the two, both ways. */
export const ERROR_CODES = {
  E100: 'no configuration found',
  E101: 'unknown metric',
  E102: 'unknown key',
  E103: 'a value of the wrong kind',
  E104: 'not a duration',
  E105: 'a quantity that does not fit the unit of its metric',
  E106: 'unknown notifier',
  E107: 'plugin not found',
  E108: 'not a plugin of the wanted kind, or of another API version',
  E109: 'environment variable is not set',
  E110: 'what a placeholder names cannot be read',
  E111: 'configuration file cannot be parsed',
  E112: 'threshold lines contradict each other',
  E113: 'configuration file threw an error',
  E114: 'a setting cannot change while the monitor runs',
  E200: 'a collector failed',
  E201: 'access denied',
  E202: 'credentials are missing, wrong or expired',
  E203: 'nothing to watch was found',
  E204: 'the source throttles',
  E205: 'the source does not answer',
  E206: 'the source rejected the request',
  E207: 'a metric cannot be measured on this machine',
  E208: 'a file of points cannot be read or written',
  E209: 'a line is no point',
  E300: 'a delivery failed',
  E301: 'the receiver refused the notification for good',
  E302: 'the receiver could not be reached in time',
  E400: 'an evaluator failed',
  E401: 'a collector gave a malformed series',
  E402: 'two series have the same identity',
  E403: 'a rule has more series than its limit',
  E500: 'a stored record was changed by somebody else',
  E501: 'the store cannot be read or written',
  E502: 'the log file cannot be written',
  E503: 'another process runs this monitor',
  E504: 'the store was written by a newer version',
  E505: 'the store is damaged',
  E600: 'wrong use of the command',
  E601: 'no such alert or silence, or more than one',
  E602: 'the alert has ended: there is nothing to acknowledge or snooze',
  E700: 'a recorder failed',
  E701: 'a recorder did not finish in time',
  E702: 'a report could not be made',
  E800: 'a plugin does not pass its tests',
} as const

export type ErrorCode = keyof typeof ERROR_CODES

export interface ErrorDetails {
  /** Where: a file position, a role and region, a notifier. */
  readonly where?: string
  /** What the reader can do about it. */
  readonly fix: string
  readonly cause?: unknown
  /** True when trying again without a change cannot help: a denied permission, a revoked webhook. Default false. */
  readonly permanent?: boolean
}

/** An error that says what, where and how to fix it, under a stable code. */
export class TocsinError extends Error {
  override readonly name = 'TocsinError'
  readonly code: ErrorCode
  readonly where: string | undefined
  readonly fix: string
  readonly permanent: boolean

  constructor(code: ErrorCode, what: string, details: ErrorDetails) {
    super(what, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.where = details.where
    this.fix = details.fix
    this.permanent = details.permanent ?? false
  }

  /** One line: `E101 unknown metric "cpuu" · tocsin.config.ts:4:51 · did you mean "cpu"?` */
  override toString(): string {
    return [`${this.code} ${this.message}`, this.where, this.fix].filter(Boolean).join(' · ')
  }

  /** The same error at a place that only the caller knows. Keeps a place that is already there. */
  at(where: string | undefined): TocsinError {
    if (this.where !== undefined || where === undefined) return this
    return new TocsinError(this.code, this.message, { where, fix: this.fix, cause: this.cause, permanent: this.permanent })
  }
}

/** All that is wrong with a configuration, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly TocsinError[]
  /** The path inside the monitor to each of the problems, where it is known: the loader finds the line by it. */
  readonly paths: readonly (readonly PropertyKey[])[]

  constructor(problems: readonly TocsinError[], paths: ConfigError['paths'] = []) {
    super(problems.map(String).join('\n'))
    this.problems = problems
    this.paths = paths
  }
}

/** Any thrown value as a coded error: a `TocsinError` stays itself, all else gets the fallback code. */
export function asTocsinError(error: unknown, code: ErrorCode, details: Omit<ErrorDetails, 'cause'>): TocsinError {
  if (error instanceof TocsinError) return error.at(details.where)
  return new TocsinError(code, reasonOf(error), { ...details, cause: error })
}

/** The message of anything that was thrown. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error) {
    const code = 'code' in error && typeof error.code === 'string' && !error.message.includes(error.code) ? ` (${error.code})` : ''
    return `${error.message || error.name}${code}`
  }
  return String(error)
}
