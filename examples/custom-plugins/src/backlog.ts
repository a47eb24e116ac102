import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { defineCollector } from '@tocsin/core'
import { z } from 'zod'

/** Watches a spool folder: how many files wait in it, and how long the oldest has waited. */
export const backlog = defineCollector({
  name: 'backlog',
  options: z.object({ folder: z.string() }),
  metrics: {
    files: { unit: 'count', worse: 'high', help: 'Files that wait' },
    oldest: { unit: 'seconds', worse: 'high', help: 'Age of the oldest file' },
  },
  create: ({ folder }) => ({
    async *collect(wanted, { now, interval }) {
      const times = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).mtimeMs))
      const values = { files: times.length, oldest: times.length === 0 ? 0 : Math.max(0, now - Math.min(...times)) / 1_000 }
      const resource = { id: `folder:${folder}`, type: 'folder', name: folder, tags: {} }
      for (const metric of wanted) {
        yield { resource, metric, period: interval, timestamps: Float64Array.of(now), values: Float64Array.of(values[metric]), settledUntil: now + 1, status: 'complete' }
      }
    },
  }),
})

export default backlog
