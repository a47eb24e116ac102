import { type Postgres, startPostgres, WITHOUT_POSTGRES } from '@tocsin/dev-tools'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { soak } from '../soak/soak.ts'

// `pnpm soak --kills 1000` goes on for longer.
const KILLS = 20
const seed = Math.floor(Math.random() * 2 ** 31)

it(`loses nothing and invents nothing through ${KILLS} kills on SQLite (seed ${seed})`, { timeout: 240_000 }, async () => {
  const { wrong, transitions, repeated, uncertain } = await soak({ kills: KILLS, seed })
  expect(wrong).toEqual([])
  expect(transitions).toBeGreaterThan(500)
  expect(repeated).toBeLessThanOrEqual(uncertain)
})

describe.skipIf(WITHOUT_POSTGRES)('on PostgreSQL', () => {
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await startPostgres()
  }, 120_000)
  afterAll(() => postgres?.stop(), 60_000)

  it(`loses nothing and invents nothing through ${KILLS} kills (seed ${seed})`, { timeout: 240_000 }, async () => {
    expect((await soak({ kills: KILLS, seed, postgres: await postgres.emptyDatabase() })).wrong).toEqual([])
  })

  it(`goes on when the server restarts in the middle of cycles, and repeats nothing (seed ${seed})`, { timeout: 240_000 }, async () => {
    const { wrong, transitions, repeated } = await soak({ kills: 6, seed, postgres: await postgres.emptyDatabase(), disturb: () => postgres.restart() })
    expect(wrong).toEqual([])
    expect(transitions).toBeGreaterThan(200)
    expect(repeated).toBe(0)
  })
})
