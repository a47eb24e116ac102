import { mkdirSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { createStream, type RotatingFileStream } from 'rotating-file-stream'
import type { Clock } from '../clock.ts'
import { reasonOf } from '../errors.ts'

const RETRY_AFTER = 60_000

/** A file of lines that never stands in the way of who writes them. */
export interface LogFile {
  write(line: string): void
  /** Resolves when everything written so far is on its way to the disk, or lost. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens a file, mode 0600, that is rotated at 10 MB to `<path>.1` up to `<path>.5`. Its folder is made, mode 0700, when it is
 * missing.
 *
 * While it cannot be written, lines are dropped and it is opened anew once a minute.
 *
 * @param onOutage told the reason when an outage begins, once for each.
 */
export function openLogFile(path: string, clock: Clock, onOutage: (reason: string) => void): LogFile {
  const folder = dirname(resolve(path))
  let stream: RotatingFileStream | undefined
  let brokenAt = -Infinity
  let isTold = false
  let isClosed = false

  const fail = (failed: RotatingFileStream | undefined, error: unknown): void => {
    if (failed !== stream) return
    stream = undefined
    brokenAt = clock.now()
    if (!isTold) onOutage(reasonOf(error))
    isTold = true
  }

  const open = (): void => {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const opened = createStream(basename(path), { path: folder, size: '10M', rotate: 5, mode: 0o600 })
      opened.on('error', (error) => fail(opened, error))
      stream = opened
    } catch (error) {
      stream = undefined
      fail(undefined, error)
    }
  }

  const flush = (): Promise<void> =>
    new Promise((done) => {
      if (stream === undefined) return done()
      stream.write('', () => done())
    })

  open()
  return {
    write(line) {
      if (isClosed) return
      if (stream === undefined && clock.now() - brokenAt >= RETRY_AFTER) open()
      const used = stream
      used?.write(line, (error) => {
        if (!error && used === stream) isTold = false
      })
    },
    flush,
    async close() {
      isClosed = true
      await flush()
      const last = stream
      stream = undefined
      if (last !== undefined) await new Promise<void>((done) => void last.end(() => done()))
    },
  }
}
