import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { recorderContract } from '@tocsin/core/testing'
import { afterAll } from 'vitest'
import { snapshots } from './snapshots.ts'

const home = await mkdtemp(join(tmpdir(), 'snapshots-'))
afterAll(() => rm(home, { recursive: true }))
const kept = join(home, 'kept')
let folder = kept

recorderContract('snapshots', {
  sink: () => snapshots({ folder }),
  recorded: async () => Promise.all((await readdir(kept).catch(() => [])).filter((name) => name.endsWith('.jsonl')).toSorted().map((name) => readFile(join(kept, name), 'utf8'))),
  failures: [
    {
      failure: 'a file in the place of the folder',
      async arrange() {
        folder = join(home, 'file', 'kept')
        await writeFile(join(home, 'file'), '')
        return () => void (folder = kept)
      },
      code: 'E700',
      permanent: false,
      says: 'check the folder',
    },
  ],
  secrets: [],
})
