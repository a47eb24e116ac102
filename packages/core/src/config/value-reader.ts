import { type Clock, systemClock } from '../clock.ts'
import { asTocsinError, TocsinError } from '../errors.ts'
import { silentLogger } from '../log/logger.ts'
import { createRateLimiter } from '../services/rate-limit.ts'
import { createServices } from '../services/create-services.ts'
import type { AskedValue, ValueSource } from './value-source.ts'

/** Milliseconds for all values of a load: three attempts to connect, of three seconds each, and no longer than anybody waits for a command to begin. */
const LONGEST = 10_000

/** Reads the values of one load. */
export interface ValueReader {
  /**
   * The value of `scheme:name`; asked for once, whoever asks.
   *
   * @throws TocsinError E103 for a scheme that nobody brings, what the source throws, E205 when the time is up.
   */
  read(scheme: string, name: string): Promise<string>
  close(): Promise<void>
}

export interface ValueReaderOptions {
  /** The source of a scheme; undefined when there is none. */
  readonly sourceOf: (scheme: string) => Promise<ValueSource | undefined>
  /** Told of each value before it is asked for. */
  readonly onAsk: (asked: AskedValue) => void
  readonly clock?: Clock
}

/** The time for values begins with the first one. */
export function valueReader({ sourceOf, onAsk, clock = systemClock }: ValueReaderOptions): ValueReader {
  const services = createServices(clock, silentLogger, createRateLimiter(clock), () => {})
  const values = new Map<string, Promise<string>>()
  const late = new AbortController()
  const closed = new AbortController()
  let outOfTime: Promise<never> | undefined

  const timeIsUp = async (): Promise<never> => {
    await clock.sleep(LONGEST, closed.signal)
    late.abort()
    throw new TocsinError('E205', `no value came within ${LONGEST / 1_000} seconds`, { fix: 'check the network, proxy and endpoint, then try again' })
  }

  const ask = async (scheme: string, name: string): Promise<string> => {
    const source = await sourceOf(scheme)
    if (source === undefined) throw unknownSource(scheme)
    onAsk({ value: `${scheme}:${name}`, permissions: source.permissions(name) })
    outOfTime ??= timeIsUp()
    try {
      return await Promise.race([source.read(name, { services, signal: late.signal }), outOfTime])
    } catch (error) {
      throw asTocsinError(error, 'E110', { fix: 'check what the placeholder names' })
    }
  }

  return {
    read(scheme, name) {
      const key = `${scheme}:${name}`
      const known = values.get(key) ?? ask(scheme, name)
      values.set(key, known)
      return known
    },
    async close() {
      // Nobody waits for the time any more, which now ends.
      outOfTime?.catch(() => {})
      closed.abort()
      await services.close()
    },
  }
}

const unknownSource = (scheme: string): TocsinError =>
  new TocsinError('E103', `placeholders cannot read from "${scheme}"`, { fix: 'write ${NAME}, ${NAME:-default}, ${file:path}, ${ssm:/path} or ${secretsmanager:id}; $${ for a plain ${' })
