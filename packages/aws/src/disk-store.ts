import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Logger, reasonOf } from '@tocsin/core'
import { z } from 'zod'

/** Where one value outlives the process. Never rejects: what cannot be read is not there, what cannot be written is not kept. */
export interface Kept<T> {
  read(): Promise<{ readonly value: T; readonly loadedAt: number } | undefined>
  write(value: T, loadedAt: number): Promise<void>
}

/** The format of the files. Another one is not read. */
const VERSION = 1

/**
 * A file of a value, named by what the value depends on.
 *
 * @param folder made when it is not there; only its owner may read it.
 * @param key anything that JSON can tell apart. Secrets show as `[secret]` in it.
 * @param schema what the value must be when it is read. Files are from outside: another version may have written them.
 */
export function fileOf<T>(folder: string, key: unknown, schema: z.ZodType<T>, logger: Logger): Kept<T> {
  const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32)
  const file = join(folder, `${name}.json`)
  const content = z.object({ version: z.literal(VERSION), loadedAt: z.number(), value: schema })
  return {
    async read() {
      try {
        const { value, loadedAt } = content.parse(JSON.parse(await readFile(file, 'utf8')))
        return { value, loadedAt }
      } catch (error) {
        logger.debug({ file, reason: reasonOf(error) }, 'nothing was kept')
        return undefined
      }
    },
    async write(value, loadedAt) {
      const draft = `${file}.${randomUUID()}`
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeFile(draft, JSON.stringify({ version: VERSION, loadedAt, value }), { mode: 0o600 })
        // Whole or not at all, whoever reads at the same time.
        await rename(draft, file)
      } catch (error) {
        await rm(draft, { force: true }).catch(() => {})
        logger.warn({ folder, reason: reasonOf(error) }, 'what was discovered cannot be kept on disk')
      }
    },
  }
}
