import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { FIXTURE, stateFile, scratch, start, tocsin } from '../testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

describe('run, one pass', () => {
  it('prints the table once, worst first, and a summary', async () => {
    const { stdout } = await tocsin(['run', '--config', FIXTURE], folder, { VALUES: '10,91,65' })
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^STATE +RESOURCE +METRIC +VALUE +SINCE +WHY +PLACE$/),
      expect.stringMatching(/^RED +web-2 +cpu +91% +now +> 80% +us-west-2$/),
      expect.stringMatching(/^AMBER +web-3 +cpu +65% +now +> 60% +us-west-2$/),
      expect.stringMatching(/^OK +web-1 +cpu +10% +us-west-2$/),
      '',
      expect.stringMatching(/^told ops: RED fake\.cpu 2 of 3/),
      'fixture: 3 watched · 1 red · 1 amber',
      '',
    ])
  })

  it('keeps alerts between passes: tells the beginning once, lists it, and tells the end', async () => {
    const env = { OUT: join(folder, 'out') }
    const pass = (VALUES: string) => tocsin(['run', '--config', FIXTURE], folder, { ...env, VALUES })
    await pass('91')
    await pass('92')
    const { stdout } = await tocsin(['alerts', '--config', FIXTURE], folder)
    expect(stdout).toMatch(/^LEVEL +RESOURCE +METRIC +VALUE +SINCE +RULE +ID +WHY +PLACE\nRED +web-1 +cpu +92% +\S+( \S+)? +fake\.cpu +[0-9a-f]{8} +> 80% +us-west-2\n$/)
    await pass('10')
    expect((await readFile(env.OUT, 'utf8')).split('\n')).toEqual([expect.stringMatching(/^RED web-1 cpu 91%/), expect.stringMatching(/^OK web-1 cpu 10% · was RED/), ''])
    expect((await tocsin(['alerts', '--config', FIXTURE], folder)).stdout).toBe('no active alerts\n')
    expect((await stat(stateFile(folder))).mode & 0o777).toBe(0o600)
  })

  it.each([['SIGINT', 130], ['SIGTERM', 0]] as const)('stops on %s with %i, and writes nothing of a pass that was cut off', async (signal, exit) => {
    const running = start(['run', '--config', FIXTURE], folder, { HANG: 'collect' })
    await running.printed(/collecting/)
    running.child.kill(signal)
    expect(await running.finished).toMatchObject({ code: exit, stdout: '' })
    expect((await tocsin(['alerts', '--config', FIXTURE], folder)).stderr).toMatch(/^no run has kept anything yet/)
  })

  it('tells nobody and keeps nothing in a dry run, but says who would be told', async () => {
    const env = { OUT: join(folder, 'out'), VALUES: '91' }
    const { code, stdout } = await tocsin(['run', '-n', '--config', FIXTURE], folder, env)
    expect(stdout).toMatch(/^would tell ops: RED web-1 cpu 91%/m)
    expect(code).toBe(0)
    await expect(stat(env.OUT)).rejects.toThrow('ENOENT')
    await expect(stat(join(folder, 'state'))).rejects.toThrow('ENOENT')
  })
})

describe('colour', () => {
  const run = async (args: readonly string[], env: Record<string, string>): Promise<string> => (await tocsin(['run', '--config', FIXTURE, ...args], folder, { VALUES: '91', ...env })).stdout

  it('is for terminals, and for those who insist', async () => {
    expect(await run([], {})).not.toContain('\u001B')
    expect(await run([], { FORCE_COLOR: '1' })).toContain('\u001B[31mRED')
    expect(await run(['--no-color'], { FORCE_COLOR: '1' })).not.toContain('\u001B')
    expect(await run([], { FORCE_COLOR: '1', NO_COLOR: '1' })).not.toContain('\u001B')
  })
})
