import { isatty } from 'node:tty'
import { multistream, pino, type StreamEntry } from 'pino'
import { type Clock, systemClock } from '../clock.ts'
import { reasonOf, TocsinError } from '../errors.ts'
import { openLogFile } from './log-file.ts'
import type { Logger } from './logger.ts'
import { STDERR, stderrWriter } from './stderr.ts'
import { printable } from './printable.ts'
import { terminalLine } from './terminal-line.ts'

export interface LoggerOptions {
  /** What is worth a line: this level and worse. `debug` adds stack traces to errors. */
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** A file of JSON lines, mode 0600, rotated at 10 MB to `<file>.1` up to `<file>.5`. Its folder is made. Default: none. */
  readonly file?: string
  /** Writes to stderr: words on a terminal, JSON elsewhere. Default true. */
  readonly console?: boolean
  /** Tells the time of each line. Default: the machine's clock. */
  readonly clock?: Clock
}

/** The log of a process. */
export interface ProcessLogger extends Logger {
  /** Resolves when everything logged so far is written, or cannot be. */
  flush(): Promise<void>
  /** Flushes, then closes the file: what comes later goes to stderr alone. */
  close(): Promise<void>
}

/** Fields that hold secrets in other people's objects; our own travel as `Secret`, which prints as `[secret]` wherever it stands. */
const SECRET_FIELDS = ['authorization', 'Authorization', 'cookie', 'token', 'password', 'secret', 'apiKey', 'secretAccessKey', 'sessionToken']
const REDACTED = '[secret]'

/** `https://user:password@host` inside any text. */
const CREDENTIALS = /:\/\/[^\s"/?#@]+@/g

/**
 * Opens the log of a process. A file that cannot be written is reported once on stderr and stops nothing.
 *
 * Secrets are kept out three ways: `Secret` objects print as `[secret]`, so do fields by the usual names down to two levels, and
 * credentials are cut out of URLs.
 */
export function createLogger({ level, file, console = true, clock = systemClock }: LoggerOptions): ProcessLogger {
  const toStderr = stderrWriter()
  const inWords = isatty(STDERR)
  const logFile =
    file === undefined
      ? undefined
      : openLogFile(file, clock, (reason) => {
          const fix = 'make room or give the permission: it is tried again every minute'
          toStderr(`${String(new TocsinError('E502', `the log file cannot be written: ${reason}`, { where: file, fix }))}\n`)
        })

  const sink = (write: (line: string) => void): StreamEntry => ({ level, stream: { write: (line) => write(`${printable(line.trimEnd().replace(CREDENTIALS, `://${REDACTED}@`))}\n`) } })
  const sinks = [
    ...(console ? [sink((line) => toStderr(inWords ? terminalLine(line) : line))] : []),
    ...(logFile ? [sink((line) => logFile.write(line))] : []),
  ]
  const log = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => errorFields(error, level === 'debug'), error: (error: unknown) => errorFields(error, level === 'debug') },
      redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: REDACTED },
    },
    multistream(sinks),
  )

  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    child: (fields) => log.child(fields),
    flush: async () => logFile?.flush(),
    close: async () => logFile?.close(),
  }
}

/** An error as fields: what, where, how to fix; never the objects that SDKs hang on theirs. */
function errorFields(error: unknown, withStack: boolean): unknown {
  if (!(error instanceof Error)) return error
  const { code, where, fix } = error instanceof TocsinError ? error : {}
  return {
    ...(code && { code }),
    message: error instanceof TocsinError ? error.message : reasonOf(error),
    ...(where && { where }),
    ...(fix && { fix }),
    ...(error.cause === undefined ? {} : { cause: reasonOf(error.cause) }),
    ...(withStack && { stack: error.stack }),
  }
}
