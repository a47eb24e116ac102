import { channel } from 'node:diagnostics_channel'
import { TocsinError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { valueReader } from './value-reader.ts'
import type { AskedValue, ValueSource } from './value-source.ts'

/** By name, for a program may have its own copy of this package. */
const ASKED = channel('tocsin:asked-value')

/**
 * Reads one value for a configuration in TypeScript: what `await ssm('/path')` is made of.
 *
 * @param caller the function that the configuration calls: an error is placed where that was done.
 * @throws TocsinError as {@link ValueSource.read} does; E205 when no value comes within ten seconds. `loadMonitor` adds the line.
 */
export async function readValue(source: ValueSource, scheme: string, name: string, caller: Function): Promise<Secret> {
  const trace: { stack?: string } = {}
  Error.captureStackTrace(trace, caller)
  const reader = valueReader({ sourceOf: async () => source, onAsk: (asked) => ASKED.publish(asked) })
  try {
    return new Secret(await reader.read(scheme, name))
  } catch (error) {
    if (error instanceof TocsinError && trace.stack !== undefined) error.stack = trace.stack
    throw error
  } finally {
    await reader.close()
  }
}

/** Tells of the values that programs ask for while `load` runs. */
export async function whileAsking<T>(onAsk: (asked: AskedValue) => void, load: () => Promise<T>): Promise<T> {
  const told = (message: unknown): void => {
    if (isAsked(message)) onAsk(message)
  }
  ASKED.subscribe(told)
  try {
    return await load()
  } finally {
    ASKED.unsubscribe(told)
  }
}

function isAsked(message: unknown): message is AskedValue {
  return typeof message === 'object' && message !== null && 'value' in message && typeof message.value === 'string' && 'permissions' in message && Array.isArray(message.permissions)
}
