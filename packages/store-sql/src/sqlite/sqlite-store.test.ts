import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeContract } from '@tocsin/core/testing'
import { afterAll, beforeAll } from 'vitest'
import { openSqliteStore } from '../index.ts'

let folder: string
let opened = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-sqlite-'))
})
afterAll(() => rm(folder, { recursive: true }))

storeContract('SQLite', () => openSqliteStore(join(folder, 'state', `${opened++}.sqlite`)))
