import { readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { envelope, FIXTURE, scratch, tocsin } from '../testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

const command = (...args: string[]) => tocsin([...args, '--config', FIXTURE], folder)

/** One pass, every repeat being due. The titles of the messages that it sent. */
async function pass(values: string): Promise<string[]> {
  const before = await sent()
  await tocsin(['run', '--config', FIXTURE], folder, { VALUES: values, OUT: join(folder, 'out'), REPEAT: '1' })
  return (await sent()).slice(before.length)
}

const sent = async (): Promise<string[]> => (await readFile(join(folder, 'out'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '')

describe('ack', () => {
  it('stops repeats and not the end, and says who it was', async () => {
    expect(await pass('91')).toHaveLength(1)
    expect(await pass('91')).toEqual([expect.stringContaining('STILL RED')])
    const { code, stdout } = await command('ack', 'fake.cpu/web-1', '--by', 'ann')
    expect(stdout).toMatch(/^taken on by ann: RED web-1 cpu 91% \(> 80%\) · us-west-2 · [\da-f]{8}\n$/)
    expect(code).toBe(0)
    expect(await pass('91')).toEqual([])
    expect(await pass('10')).toEqual([expect.stringMatching(/^OK /)])
  })

  it('is undone: what is told begins again', async () => {
    await pass('91')
    await command('ack', 'fake.cpu/web-1')
    expect(await pass('91')).toEqual([])
    const undone = await command('ack', 'fake.cpu/web-1', '--undo', '--by', 'ann')
    expect(undone.stdout).toMatch(/^given back by ann: RED web-1 /)
    expect(await pass('91')).toEqual([expect.stringContaining('RED')])
    const again = await command('ack', 'fake.cpu/web-1', '--undo')
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(/^nobody had taken it on: RED web-1 /)])
  })

  it('keeps the first owner, who is the user of the system where none is named', async () => {
    await pass('91')
    await command('ack', 'fake.cpu/web-1', '--comment', 'mine')
    const { code, stdout } = await command('ack', 'fake.cpu/web-1', '--by', 'bob')
    expect(stdout).toMatch(new RegExp(`^already taken on by ${userInfo().username} .*(ago|now): RED web-1 `))
    expect(code).toBe(0)
    const { data } = envelope.parse(JSON.parse((await command('ack', 'fake.cpu/web-1', '--by', 'bob', '--json')).stdout))
    expect(data).toMatchObject({ monitor: 'fixture', alerts: [{ rule: 'fake.cpu', changed: false, ack: { by: userInfo().username, comment: 'mine', until: null }, snooze: null }] })
  })

  it('ends when the level rises, unless it is sticky', async () => {
    await pass('65,65')
    await command('ack', 'fake.cpu/web-1')
    await command('ack', 'fake.cpu/web-2', '--sticky', '--for', '2h')
    await pass('91,91')
    const { stdout } = await command('alerts', '--json')
    expect(envelope.parse(JSON.parse(stdout)).data).toMatchObject({ alerts: [{ resource: { id: 'web-1' }, ack: null }, { resource: { id: 'web-2' }, ack: { sticky: true, until: expect.any(String) } }] })
  })

  it('takes on what it finds, and says of the rest why not', async () => {
    await pass('91,91')
    await pass('91,10')
    const { code, stdout, stderr } = await command('ack', 'fake.cpu/web-1', 'fake.cpu/web-2', 'nonsense', 'fake.cpu/web-1')
    expect(stdout.trim().split('\n')).toEqual([expect.stringMatching(/^taken on by .*: RED web-1 /)])
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/^E602 there is nothing to acknowledge · fake\.cpu\/web-2 · /), expect.stringMatching(/^E601 no alert is called "nonsense" · fixture · run "tocsin alerts"/)])
    expect(code).toBe(2)
  })


  it.each([
    [['ack', 'x', '--undo', '--sticky'], /cannot be used with/],
    [['ack', 'x', '--for', 'soon'], /--for cannot be "soon"/],
    [['ack', 'x', '--for', '0s'], /--for cannot be "0s"/],
    [['ack', 'x', '--by', ' '], /--by names nobody/],
    [['ack'], /missing required argument 'ids'/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await command(...args)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})

describe('snooze', () => {
  it('keeps an alert quiet, and not its end', async () => {
    await pass('65')
    const { code, stdout } = await command('snooze', 'fake.cpu/web-1', '--for', '2h', '--by', 'ann')
    expect(stdout).toMatch(/^snoozed by ann for 2h, until \d{4}-\d\d-\d\d \d\d:\d\d UTC: AMBER web-1 cpu 65% /)
    expect(code).toBe(0)
    expect(await pass('65')).toEqual([])
    expect(await pass('10')).toEqual([expect.stringMatching(/^OK /)])
  })

  it('is broken by critical, unless it is meant for that too', async () => {
    await pass('65,65')
    await command('snooze', 'fake.cpu/web-1', 'fake.cpu/web-2', '--for', '2h', '--even-critical')
    expect(await pass('91,91')).toEqual([])
    const undone = await command('snooze', 'fake.cpu/web-1', '--undo', '--by', 'ann')
    expect(undone.stdout).toMatch(/^no longer snoozed, by ann: RED web-1 /)
    expect(await pass('91,91')).toEqual([expect.stringMatching(/RED.*web-1/)])
    const refused = await command('snooze', 'fake.cpu/web-1', '--for', '2h')
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/^E600 .*critical.* · fake\.cpu\/web-1 · /)])
    expect((await command('snooze', 'fake.cpu/web-1', '--undo')).stdout).toMatch(/^nobody had snoozed it: RED web-1 /)
  })

  it.each([
    [['snooze', 'x'], /the snooze has no end/],
    [['snooze', 'x', '--for', '2h', '--until', '18:00'], /cannot be used with/],
    [['snooze', 'x', '--until', 'tomorrow'], /--until cannot be "tomorrow"/],
    [['snooze', 'x', '--undo', '--even-critical'], /cannot be used with/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await command(...args)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })

  it('lasts 7 days at most', async () => {
    await pass('65')
    const { code, stderr } = await command('snooze', 'fake.cpu/web-1', '--for', '8d')
    expect(stderr).toMatch(/^E600 a snooze ends within the next 7 days/)
    expect(code).toBe(2)
  })
})
