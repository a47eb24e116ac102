import { createLogger, type Logger, type Monitor, oneLine } from '@tocsin/core'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
type LogLevel = (typeof LEVELS)[number]

export interface Log extends Logger {
  /** Writes what is still held back, and closes the log file. */
  close(): Promise<void>
}

/**
 * The log of a run: the file that the monitor names gets everything; people get it without what the results of the run tell them
 * better, which are coded failures and attempts to send. With `debug` they get everything too.
 *
 * @param show takes lines for people. Default: stderr.
 */
export function openLog({ log }: Pick<Monitor, 'log'>, debug: boolean, show?: (line: string) => void): Log {
  const level = debug ? 'debug' : log.level
  const file = createLogger({ level, console: false, ...(log.file === undefined ? {} : { file: log.file }) })
  const people = show === undefined ? createLogger({ level }) : { ...shownBy(show, level), close: async () => {} }
  const isTold = (fields: object): boolean => !debug && ('code' in fields || 'outcome' in fields)
  const both = (inFile: Logger, forPeople: Logger): Logger => {
    const at = (name: LogLevel) => (fields: object, message: string): void => {
      inFile[name](fields, message)
      if (!isTold(fields)) forPeople[name](fields, message)
    }
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: (fields) => both(inFile.child(fields), forPeople.child(fields)) }
  }
  return {
    ...both(file, people),
    async close() {
      await file.close()
      await people.close()
    },
  }
}

/** Messages without their fields: there is little room, and what could be secret stays out. */
function shownBy(show: (line: string) => void, least: LogLevel): Logger {
  const at = (name: LogLevel) => (_fields: object, message: string): void => {
    if (LEVELS.indexOf(name) >= LEVELS.indexOf(least)) show(`${name}: ${oneLine(message)}`)
  }
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => logger }
  return logger
}
