import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { FIXTURE, scratch, tocsin } from '../testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

describe('test-notify', () => {
  it('prints each outcome and ends with 1 when one failed', async () => {
    const { code, stdout, stderr } = await tocsin(['test-notify', '--config', FIXTURE], folder, { CHANNEL: 'permanent' })
    expect(stdout).toMatch(/^FAILED +ops +sink +410 gone$/m)
    expect(stderr).toMatch(/^E301 ops did not take the test message: 410 gone · notify\.ops/m)
    expect(code).toBe(1)
  })

  it('sends at the level that is asked for, marked TEST, and the end of it', async () => {
    const env = { OUT: join(folder, 'out') }
    expect((await tocsin(['test-notify', 'ops', '--severity', 'warning', '--config', FIXTURE], folder, env)).code).toBe(0)
    expect((await tocsin(['test-notify', '--resolve', '--config', FIXTURE], folder, env)).code).toBe(0)
    expect((await readFile(env.OUT, 'utf8')).split('\n')).toEqual([expect.stringMatching(/^TEST AMBER /), expect.stringMatching(/^TEST OK /), ''])
  })

  it('refuses a name that is not in notify', async () => {
    const { code, stderr } = await tocsin(['test-notify', 'opps', '--config', FIXTURE], folder)
    expect(stderr).toMatch(/^E106 unknown notifier "opps" · .*did you mean "ops"\?$/m)
    expect(code).toBe(2)
  })
})
