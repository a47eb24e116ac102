import { createHash } from 'node:crypto'
import { type Stats, unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Monitor, MonitorSource } from '@tocsin/core'

/** Between two looks at the file, milliseconds. Looking finds what editors and mounted volumes do, which events do not always tell. */
const LOOK_EVERY = 1_000

export interface ConfigurationWatch extends MonitorSource {
  close(): void
}

/**
 * Gives the configuration anew when its file has other content, and whenever it is asked to, changed or not. A file that is written in several steps is read
 * when it has been the same at two looks.
 *
 * @param load reads it; what it throws is what is wrong with it.
 * @param onAsked registers a listener for requests to read it anew, and gives how to take it away.
 */
export async function watchConfiguration(file: string, load: () => Promise<Monitor>, onAsked: (listener: () => void) => () => void): Promise<ConfigurationWatch> {
  let read = await contentOf(file)
  let wake = Promise.withResolvers<void>()
  let due = false
  let timer: NodeJS.Timeout | undefined

  const announce = (): void => {
    due = true
    wake.resolve()
  }
  const settle = async (before: string | undefined): Promise<void> => {
    const now = await contentOf(file)
    if (now !== before) return later(now)
    if (now === read) return
    read = now
    announce()
  }
  const later = (seen: string | undefined): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void settle(seen), LOOK_EVERY / 4)
  }
  const changed = (now: Stats, before: Stats): void => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino) void contentOf(file).then(later)
  }
  watchFile(file, { interval: LOOK_EVERY, persistent: false }, changed)
  const forget = onAsked(announce)

  return {
    async next(signal) {
      const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      if (!due) await Promise.race([wake.promise, stopped])
      if (signal.aborted) return undefined
      due = false
      wake = Promise.withResolvers()
      return load()
    },
    close() {
      clearTimeout(timer)
      unwatchFile(file, changed)
      forget()
    },
  }
}

/** A hash of what the file holds; `undefined` while it cannot be read. */
const contentOf = async (file: string): Promise<string | undefined> => readFile(file).then((content) => createHash('sha256').update(content).digest('hex'), () => undefined)
