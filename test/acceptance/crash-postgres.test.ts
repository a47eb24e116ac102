import { type Postgres, startPostgres, WITHOUT_POSTGRES } from '@tocsin/dev-tools'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openScene, type Scene } from './crash/command.ts'

describe.skipIf(WITHOUT_POSTGRES)('the command on PostgreSQL', () => {
  let postgres: Postgres
  let scene: Scene
  let env: Readonly<Record<string, string>>
  beforeAll(async () => {
    postgres = await startPostgres()
  }, 120_000)
  afterAll(() => postgres?.stop(), 60_000)
  beforeEach(async () => {
    scene = await openScene()
    env = { STATE: await postgres.emptyDatabase() }
  })
  afterEach(() => scene.close())
  const statuses = () => scene.told.map(({ status }) => status)

  it('keeps alerts there between passes, and never prints the password', { timeout: 60_000 }, async () => {
    await scene.measure(91)
    const passes = [scene.start(['run', '--debug'], { env })]
    expect(await passes[0]?.ended).toBe(0)
    const alerts = scene.start(['alerts', '--json'], { env })
    expect(await alerts.ended).toBe(0)
    expect(alerts.said()).toMatch(/"state":"postgres:\/\/127\.0\.0\.1:\d+\/test_\d+".*"level":"critical"/)
    await scene.measure(10)
    passes.push(scene.start(['run', '--debug'], { env }))
    expect(await passes[1]?.ended).toBe(0)
    expect(statuses()).toEqual(['firing', 'resolved'])
    const refused = scene.start(['run', '--debug'], { env: { STATE: env['STATE']?.replace('/test_', '/nowhere_') ?? '' } })
    expect(await refused.ended).toBe(1)
    expect(refused.said()).toMatch(/^E501 PostgreSQL refused: database "nowhere_\d+" does not exist/m)
    const password = new URL(env['STATE'] ?? '').password
    expect(password.length).toBeGreaterThan(8)
    for (const { said } of [...passes, alerts, refused]) expect(said()).not.toContain(password)
  })

  it('goes on when the server was away for some cycles, and tells what happened meanwhile', { timeout: 90_000 }, async () => {
    const { child } = scene.start(['run', '--continuous'], { env })
    await scene.measure(91)
    await vi.waitFor(() => expect(statuses()).toEqual(['firing']), { timeout: 30_000 })
    await postgres.restart(() => void scene.measure(10))
    await vi.waitFor(() => expect(statuses()).toEqual(['firing', 'resolved']), { timeout: 30_000 })
    expect(child.exitCode).toBeNull()
  })
})
