import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { envelope, FIXTURE, invocation, scratch, start, tocsin, watch } from '../testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

describe('a configuration that changes', () => {
  const yaml = (rules: string): string => `name: changes\nevery: 10m\nwatch: [{ use: host, rules: ${rules} }]\nnotify: { log: { use: file, path: told.log } }\ngroupWait: 0s\ngroupInterval: 1s\n`
  const SOUND = '{ memory: { critical: 99.9 } }'
  const config = (text: string) => writeFile(join(folder, 'tocsin.yaml'), text)
  const told = () => readFile(join(folder, 'told.log'), 'utf8')

  it('takes over at once, though the next pass is far off; a bad one does not, and is told of', async () => {
    await config(yaml(SOUND))
    const running = start(['run', '--continuous'], folder)
    await running.printed(/watching host/)
    await config(yaml('{ memory: { critical: 99.9 }, cpuu: { critical: 99 } }'))
    await vi.waitFor(async () => expect(await told()).toMatch(/AMBER configuration failures 1 \(E101 unknown metric "cpuu" of host · tocsin\.yaml:3:\d+ · did you mean "cpu"\?; the configuration before it goes on\)/), { timeout: 20_000, interval: 200 })
    // Above nothing at all: it fires as soon as it is read.
    await config(yaml('{ memory: { critical: 0.001 } }'))
    await running.printed(/another configuration took over: watching host\n/)
    await vi.waitFor(async () => expect(await told()).toMatch(/RED \S+ memory[^]*/), { timeout: 20_000, interval: 200 })
    await vi.waitFor(async () => expect(await told()).toMatch(/OK configuration failures 0 · was AMBER/), { timeout: 20_000, interval: 200 })
    running.child.kill('SIGTERM')
    expect((await running.finished).code).toBe(0)
  })

  it('is read on SIGHUP though its file is the same, and the process goes on', async () => {
    await config(yaml(SOUND))
    const running = start(['run', '--continuous'], folder)
    await running.printed(/watching host/)
    running.child.kill('SIGHUP')
    await running.printed(/another configuration took over/)
    running.child.kill('SIGTERM')
    expect((await running.finished).code).toBe(0)
  })

  it('keeps the flags of the command line', async () => {
    await config(yaml(SOUND))
    const running = start(['run', '--continuous', '--only', 'host', '--interval', '1', '--json'], folder)
    await running.printed(/"command":"run"/)
    await config('name: changes\nwatch: []\nnotify: { log: { use: file, path: told.log } }\ngroupWait: 0s\n')
    await vi.waitFor(async () => expect(await told()).toMatch(/E600 --only: this monitor has no collector "host"/), { timeout: 20_000, interval: 200 })
    running.child.kill('SIGTERM')
    await running.finished
  })
})

describe('run --continuous', () => {
  const watchFixture = (env: Record<string, string>, ...args: string[]) => start(['run', '--continuous', '--config', FIXTURE, ...args], folder, env)

  it('prints one line for each change, and ends with 130 on SIGINT', async () => {
    const running = watchFixture({ VALUES: '10|65|91|10' })
    await running.printed(/OK web-1/)
    running.child.kill('SIGINT')
    const { code, stdout } = await running.finished
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^\S+Z AMBER web-1 cpu 65% \(> 60%\) · us-west-2$/),
      expect.stringMatching(/^\S+Z RED web-1 cpu 91% \(> 80%\) · was AMBER · us-west-2$/),
      expect.stringMatching(/^\S+Z OK web-1 cpu 10%.* · was RED · us-west-2$/),
    ])
    expect(code).toBe(130)
  })

  it('names the end of an alert that an earlier run began', async () => {
    await tocsin(['run', '--config', FIXTURE], folder, { VALUES: '91' })
    const running = watchFixture({ VALUES: '10' })
    await running.printed(/OK web-1 cpu 10%.* · was RED · us-west-2/)
  })

  it('prints an envelope a line for each pass with --json', async () => {
    const running = watchFixture({ VALUES: '91' }, '--json')
    await running.printed(/\n.*\n/)
    running.child.kill('SIGTERM')
    const { code, stdout } = await running.finished
    const lines = stdout.trim().split('\n').map((line) => envelope.extend({ data: z.object({ at: z.iso.datetime(), critical: z.literal(1) }) }).parse(JSON.parse(line)))
    expect(new Set(lines.map(({ data }) => data.at)).size).toBe(lines.length)
    expect(code).toBe(0)
  })

  it('ends with 0 on SIGTERM within 5 s, even when a collector does not close', async () => {
    const running = watchFixture({ HANG: 'close' })
    await running.printed(/watching fake/)
    const asked = performance.now()
    running.child.kill('SIGTERM')
    const { code, stderr } = await running.finished
    expect(performance.now() - asked).toBeLessThan(5_000)
    expect(code).toBe(0)
    expect(stderr).not.toMatch(/error/i)
  })

  it('ends at once when it is interrupted twice', async () => {
    const running = watchFixture({ HANG: 'close' })
    await running.printed(/watching fake/)
    running.child.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 100))
    running.child.kill('SIGINT')
    expect((await running.finished).code).toBe(130)
  })

  it('says once that a source fails, not in every pass', async () => {
    const running = watchFixture({ FAIL: 'E205', VALUES: '10|10|91' })
    await running.printed(/RED web-1/)
    running.child.kill('SIGTERM')
    const { stderr } = await running.finished
    expect(stderr.match(/E205 no answer · fake eu-central-1 · wait/g)).toHaveLength(1)
  })

  it('stops quietly when nobody reads any more', async () => {
    const running = watchFixture({ VALUES: '91|10|91|10|91|10' })
    await running.printed(/RED web-1/)
    running.child.stdout?.destroy()
    const { code, stderr } = await running.finished
    expect(stderr).not.toMatch(/EPIPE|error/i)
    expect(code).toBe(0)
  })
})

/** Of util-linux: gives a command a terminal of its own. Elsewhere the frame and the screen are tested without one. */
const PSEUDO_TERMINAL = 'script'

describe.runIf(process.platform === 'linux')('on a terminal', () => {
  it('draws in place, gives the terminal back, and leaves the last table', async () => {
    const call = invocation(['run', '--continuous', '--config', FIXTURE], folder, { VALUES: '10|91', TERM: 'xterm-256color' })
    const command = ['stty cols 80 rows 20; exec', call.file, ...call.args].join(' ')
    const running = watch(spawn(PSEUDO_TERMINAL, ['-qefc', command, '/dev/null'], { ...call.options, stdio: ['pipe', 'pipe', 'pipe'] }))
    await running.printed(/RED/)
    running.child.stdin?.write('\u0003')
    const { code, stdout } = await running.finished
    expect(code).toBe(130)
    const [before = '', after = ''] = stdout.split('\u001B[?7h\u001B[?25h\u001B[?1049l')
    expect(before).toContain('\u001B[?1049h\u001B[?25l\u001B[?7l')
    expect(before).toContain('to tell Slack')
    expect(after).toMatch(/RED.*web-1/)
    expect(after).not.toContain('\u001B[?')
  })

  it('suggests the next command, and nowhere else', async () => {
    const call = invocation(['check', '--config', FIXTURE], folder, { TERM: 'xterm-256color' })
    const seen = await watch(spawn(PSEUDO_TERMINAL, ['-qefc', [call.file, ...call.args].join(' '), '/dev/null'], { ...call.options, stdio: ['pipe', 'pipe', 'pipe'] })).finished
    expect(seen.stdout).toMatch(/next: tocsin test-notify/)
    expect(seen.code).toBe(0)
    const { stdout, stderr } = await tocsin(['check', '--config', FIXTURE], folder)
    expect(stdout + stderr).not.toContain('next:')
  })
})

describe('a second process', () => {
  const watchFixture = (...args: string[]) => start(['run', '--continuous', '--config', FIXTURE, ...args], folder, { VALUES: '10|91' })

  it('is refused, and told which process runs the monitor', async () => {
    const first = watchFixture()
    await first.printed(/RED web-1/)
    const { code, stderr } = await tocsin(['run', '--config', FIXTURE], folder)
    expect(stderr).toMatch(new RegExp(`^E503 monitor fixture is run by process ${first.child.pid} on \\S+ · stop that process, or wait as a standby`, 'm'))
    expect(code).toBe(1)
    expect((await tocsin(['alerts', '--config', FIXTURE], folder)).stdout).toMatch(/RED +web-1/)
  })

  it('waits as a standby, and takes over from one that was killed', async () => {
    const first = watchFixture()
    await first.printed(/RED web-1/)
    const standby = watchFixture('--standby')
    // A second look, so that it is waiting for sure.
    const { stderr } = await tocsin(['run', '--config', FIXTURE], folder)
    expect(stderr).toMatch(/^E503/)
    first.child.kill('SIGKILL')
    await standby.printed(/OK web-1/)
  })
})
