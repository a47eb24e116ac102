import { stat, utimes } from 'node:fs/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { envelope, FIXTURE, stateFile, scratch, tocsin } from '../testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

describe('alerts', () => {
  it('says when no run has kept anything, and when the last pass is old', async () => {
    const never = await tocsin(['alerts', '--config', FIXTURE], folder)
    expect(never.stderr).toMatch(/^no run has kept anything yet: there is no .*fixture-[0-9a-f]{8}\.json$/m)
    expect(never.code).toBe(0)
    await tocsin(['run', '--config', FIXTURE], folder, { VALUES: '91' })
    const hourAgo = new Date(Date.now() - 3_600_000)
    await utimes(stateFile(folder), hourAgo, hourAgo)
    const { stdout, stderr } = await tocsin(['alerts', '--json', '--config', FIXTURE], folder)
    expect(stderr).toMatch(/the last pass was 1h ago/)
    expect(envelope.parse(JSON.parse(stdout)).data).toMatchObject({ stale: true, alerts: [{ level: 'critical', value: 91 }] })
  })

  it('counts a pass that found nothing new as a pass', async () => {
    const file = stateFile(folder)
    await tocsin(['run', '--config', FIXTURE], folder, { VALUES: '91' })
    const hourAgo = new Date(Date.now() - 3_600_000)
    await utimes(file, hourAgo, hourAgo)
    await tocsin(['run', '--config', FIXTURE], folder, { VALUES: '91' })
    expect(Date.now() - (await stat(file)).mtimeMs).toBeLessThan(60_000)
  })
})
