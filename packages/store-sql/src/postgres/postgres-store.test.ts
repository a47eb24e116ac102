import { storeContract } from '@tocsin/core/testing'
import { type Postgres, startPostgres, WITHOUT_POSTGRES } from '@tocsin/dev-tools'
import { afterAll, beforeAll, describe } from 'vitest'
import { openPostgresStore } from '../index.ts'

describe.skipIf(WITHOUT_POSTGRES)('with a server', () => {
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await startPostgres()
  }, 120_000)
  afterAll(() => postgres?.stop(), 60_000)

  storeContract('PostgreSQL', async () => openPostgresStore(await postgres.emptyDatabase()))
})
