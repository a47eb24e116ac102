import { openSqliteStore } from '@tocsin/store-sql'
import { beforeEach, describe, expect, it } from 'vitest'
import { envelope, FIXTURE, stateFile, scratch, tocsin } from '../testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

/** Has the last pass seem an hour older than it is. */
async function anHourLater(): Promise<void> {
  const store = await openSqliteStore(stateFile(folder))
  await store.transaction(async (tx) => {
    const [known] = await tx.progress.list('fixture')
    if (known !== undefined) await tx.progress.put({ ...known, value: { evaluatedAt: known.value.evaluatedAt - 3_600_000 } }, known.version)
  })
  await store.close()
}

describe('alerts', () => {
  it('says when no run has kept anything, and when the last pass is old', async () => {
    const never = await tocsin(['alerts', '--config', FIXTURE], folder)
    expect(never.stderr).toMatch(/^no run has kept anything yet: there is nothing in .*fixture-[0-9a-f]{8}\.sqlite$/m)
    expect(never.code).toBe(0)
    await tocsin(['run', '--config', FIXTURE], folder, { VALUES: '91' })
    await anHourLater()
    const { stdout, stderr } = await tocsin(['alerts', '--json', '--config', FIXTURE], folder)
    expect(stderr).toMatch(/the last pass was 1h ago/)
    expect(envelope.parse(JSON.parse(stdout)).data).toMatchObject({ stale: true, alerts: [{ level: 'critical', value: 91 }] })
  })

  it('counts a pass that found nothing new as a pass', async () => {
    await tocsin(['run', '--config', FIXTURE], folder, { VALUES: '91' })
    await anHourLater()
    await tocsin(['run', '--config', FIXTURE], folder, { VALUES: '91' })
    const { stderr, stdout } = await tocsin(['alerts', '--config', FIXTURE], folder)
    expect(stdout).toMatch(/RED +web-1/)
    // Seconds, on a machine that is busy.
    expect(stderr).not.toMatch(/pass was \d+[hm]/)
  })
})
