import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineRecorder, reasonOf, TocsinError } from '@tocsin/core'
import { z } from 'zod'

/** Keeps what each cycle saw in a file of its own, a line of JSON for each series. */
export const snapshots = defineRecorder({
  name: 'snapshots',
  options: z.object({ folder: z.string() }),
  create: ({ folder }) => ({
    async record({ monitor, at, samples }, { signal }) {
      const time = new Date(at).toISOString()
      const lines = samples.map((sample) => JSON.stringify({ monitor, time, ...sample, value: String(sample.value) }))
      // Named by what it holds: a recording that comes again replaces itself, and nobody reads half a file.
      const file = join(folder, `${time.replaceAll(':', '')}_${monitor}.jsonl`)
      const draft = `${file}.${crypto.randomUUID()}`
      try {
        await mkdir(folder, { recursive: true })
        await writeFile(draft, `${lines.join('\n')}\n`, { signal })
        await rename(draft, file)
      } catch (error) {
        throw new TocsinError('E700', reasonOf(error), { fix: 'check the folder, its permissions and the free space', cause: error })
      }
    },
  }),
})

export default snapshots
