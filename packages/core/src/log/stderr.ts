import { writeSync } from 'node:fs'

/** The file descriptor. */
export const STDERR = 2

const PAUSE = 10
const MOST_PAUSES = 100

/**
 * A function that writes to stderr before it returns. A reader that is slow is waited for, up to a second; what cannot be written
 * is dropped, because nobody is left to tell. It never throws.
 *
 * Pino's own destination is not used: when stderr is a file on a full disk it keeps every line, and its flush never ends.
 */
export function stderrWriter(): (text: string) => void {
  let pauses = MOST_PAUSES
  return (text) => {
    let rest = Buffer.from(text)
    for (let tries = 0; rest.length > 0 && tries <= pauses; ) {
      try {
        rest = rest.subarray(writeSync(STDERR, rest))
      } catch (error) {
        if (!(error instanceof Error) || !('code' in error) || error.code !== 'EAGAIN') return
        tries++
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
      }
    }
    // A reader that was waited for in vain is not waited for again until it reads.
    pauses = rest.length > 0 ? 0 : MOST_PAUSES
  }
}
