import { beforeEach, describe, expect, it } from 'vitest'
import { openState } from '../run/open-state.ts'
import { envelope, FIXTURE, scratch, stateEnv, tocsin } from '../testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

const run = (env: Record<string, string>) => tocsin(['run', '--config', FIXTURE], folder, env)
const command = (...args: string[]) => tocsin([...args, '--config', FIXTURE], folder)
const data = async (): Promise<unknown> => envelope.parse(JSON.parse((await command('alerts', '--json')).stdout)).data

/** Makes the last pass an hour old. */
async function anHourPasses(): Promise<void> {
  const { store } = await openState({ name: 'fixture', state: undefined }, FIXTURE, stateEnv(folder), { readOnly: false })
  await store.transaction(async ({ progress }) => {
    const row = await progress.get('fixture')
    if (row === undefined) throw new Error('no pass was kept')
    await progress.put({ ...row, value: { evaluatedAt: row.value.evaluatedAt - 3_600_000 } }, row.version)
  })
  await store.close()
}

describe('alerts', () => {
  it('says when no run has kept anything, and when the last pass is old', async () => {
    const never = await command('alerts')
    expect(never.stderr).toMatch(/^no run has kept anything yet in .*fixture-[0-9a-f]{8}\.sqlite$/m)
    expect(never.code).toBe(0)
    await run({ VALUES: '91' })
    await anHourPasses()
    const { stdout, stderr } = await command('alerts', '--json')
    expect(stderr).toMatch(/the last pass was 1h ago/)
    expect(envelope.parse(JSON.parse(stdout)).data).toMatchObject({ stale: true, alerts: [{ level: 'critical', value: 91 }] })
  })

  it('counts a pass that found nothing new as a pass, and no word of a person', async () => {
    await run({ VALUES: '91' })
    await anHourPasses()
    await command('ack', 'fake.cpu/web-1')
    expect(await data()).toMatchObject({ stale: true })
    await run({ VALUES: '91' })
    expect(await data()).toMatchObject({ stale: false })
  })

  it('shows who deals with what', async () => {
    await run({ VALUES: '91,65,85' })
    await command('ack', 'fake.cpu/web-1', '--by', 'ann', '--comment', 'disk is being swapped')
    await command('snooze', 'fake.cpu/web-2', '--by', 'bob', '--for', '2h')
    await command('silence', 'add', 'name=web-3', 'level=critical', '--or', 'name=other', '--by', 'cid', '--for', '1d')
    await command('silence', 'add', 'name="web-1"', '--from', '2099-01-01 00:00', '--for', '1h')
    const { stdout } = await command('alerts')
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/ ID +HANDLED +WHY +PLACE$/),
      expect.stringMatching(/^RED +web-1 .* ann took it on .*: disk is being swapped +> 80%/),
      expect.stringMatching(/^RED +web-3 .* silenced by cid for (23h 59m|1d) more +> 80%/),
      expect.stringMatching(/^AMBER +web-2 .* snoozed by bob for (1h 59m|2h) more +> 60%/),
    ])
    expect(await data()).toMatchObject({
      alerts: [
        { resource: { name: 'web-1' }, ack: { by: 'ann', until: null, sticky: false, comment: 'disk is being swapped' }, snooze: null, silences: [] },
        { resource: { name: 'web-3' }, ack: null, snooze: null, silences: [expect.stringMatching(/^[\da-f-]{36}$/)] },
        { resource: { name: 'web-2' }, ack: null, snooze: { by: 'bob', evenCritical: false }, silences: [] },
      ],
    })
  })
})
