import { writeFile } from 'node:fs/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { FIXTURE, stateFile, scratch, tocsin } from './testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

describe('exit codes', () => {
  it.each([
    ['fine', 0, [], {}],
    ['a delivery that is refused', 1, [], { VALUES: '91', CHANNEL: 'permanent' }],
    ['a delivery that must wait', 1, [], { VALUES: '91', CHANNEL: 'retryable' }],
    ['part of the sources unread', 3, [], { FAIL: 'E205' }],
    ['access denied', 4, [], { FAIL: 'E201' }],
    ['--exit-code and nothing', 0, ['--exit-code'], {}],
    ['--exit-code and a warning', 10, ['--exit-code'], { VALUES: '10,65' }],
    ['--exit-code and a critical', 11, ['--exit-code'], { VALUES: '65,91' }],
    ['a critical, and access denied elsewhere', 11, ['--exit-code'], { VALUES: '91', FAIL: 'E201' }],
    ['a warning, and a source unread that may hide worse', 3, ['--exit-code'], { VALUES: '65', FAIL: 'E205' }],
    ['an error that nobody caught', 1, [], { CRASH: '1', HANG: '1' }],
    ['a flag that does not exist', 2, ['--intervall', '5'], {}],
    ['--interval without --continuous', 2, ['--interval', '5m'], {}],
    ['--interval that is no time', 2, ['--continuous', '--interval', 'soon'], {}],
    ['a collector that does not exist', 2, ['--only', 'ec2'], {}],
  ])('run with %s ends with %i', async (_name, code, args, env) => {
    const { code: ended, stderr } = await tocsin(['run', '--config', FIXTURE, ...args], folder, env)
    expect(`${ended} ${stderr}`).toMatch(new RegExp(`^${code} `))
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('of a damaged state file is 1', async () => {
    await tocsin(['run', '--config', FIXTURE], folder, { VALUES: '91' })
    await writeFile(stateFile(folder), 'not a database, but long enough to be taken for one'.repeat(20))
    const { code, stderr } = await tocsin(['run', '--config', FIXTURE], folder)
    expect(stderr).toMatch(/^E505 the file is no SQLite database · .*fixture-[0-9a-f]{8}\.sqlite · move it away/)
    expect(code).toBe(1)
  })

  it('of no configuration is 2, and the fix names init', async () => {
    const { code, stderr } = await tocsin(['check', '--config', 'nowhere.yaml'], folder)
    expect(stderr).toMatch(/^E100 /)
    expect(code).toBe(2)
  })
})
