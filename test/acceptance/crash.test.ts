import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '@tocsin/core'
import { type Postgres, startPostgres, WITHOUT_POSTGRES } from '@tocsin/dev-tools'
import { openPostgresStore, openSqliteStore } from '@tocsin/store-sql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { play, SCRIPT } from './crash/scenario.ts'

/** Scenarios at the same time: they mostly wait. */
const AT_ONCE = 8

/** Ends the process at every step, one scenario each, until one runs to its end. Gives how many steps there are. */
async function everyStep(openFor: (monitor: string) => () => Promise<Store>): Promise<{ readonly steps: number; readonly repeated: number; readonly points: ReadonlySet<string> }> {
  const points = new Set<string>()
  let repeated = 0
  for (let from = 1; ; from += AT_ONCE) {
    const outcomes = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) => {
        const monitor = `crash-${from + index}`
        return play({ monitor, open: openFor(monitor), crashAt: from + index })
      }),
    )
    for (const { at, repeated: twice } of outcomes) {
      if (at !== undefined) points.add(at)
      repeated += twice
    }
    const whole = outcomes.find(({ at }) => at === undefined)
    if (whole !== undefined) return { steps: whole.steps, repeated, points }
  }
}

const POINTS = ['begin', 'commit', 'committed', 'send', 'sent', 'alerts.put', 'groups.put', 'events.append', 'outbox.enqueue', 'outbox.claim', 'outbox.settle', 'leases.acquire']

describe('a process that ends loses nothing and invents nothing', () => {
  it('at any step on SQLite', { timeout: 600_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tocsin-crash-'))
    const { steps, points } = await everyStep((monitor) => () => openSqliteStore(join(folder, `${monitor}.sqlite`)))
    await rm(folder, { recursive: true })
    expect(POINTS.filter((point) => !points.has(point))).toEqual([])
    expect(steps).toBeGreaterThan(100)
  })

  it('though the clock is set back an hour after every pass, and forward again', { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tocsin-crash-'))
    const hour = 3_600_000
    // Every other pass measures the same as the one before, an hour earlier: nothing is new then, and what was put off is sent.
    const script = SCRIPT.flatMap((values) => [values, values])
    const clockShifts = Object.fromEntries(script.map((_, pass) => [pass, pass === 0 ? 0 : pass % 2 === 0 ? hour : -hour]))
    await play({ monitor: 'back', script, open: () => openSqliteStore(join(folder, 'back.sqlite')), clockShifts })
    await rm(folder, { recursive: true })
  })

  describe.skipIf(WITHOUT_POSTGRES)('on PostgreSQL', () => {
    let postgres: Postgres
    let url: string
    beforeAll(async () => {
      postgres = await startPostgres()
      url = await postgres.emptyDatabase()
      await (await openPostgresStore(url)).close()
    }, 120_000)
    afterAll(() => postgres?.stop(), 60_000)

    it('at any step', { timeout: 600_000 }, async () => {
      const { steps, points } = await everyStep(() => () => openPostgresStore(url))
      expect(POINTS.filter((point) => !points.has(point))).toEqual([])
      expect(steps).toBeGreaterThan(100)
    })
  })
})
