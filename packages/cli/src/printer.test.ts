import { beforeEach, describe, expect, it } from 'vitest'
import { createPrinter } from './printer.ts'
import { envelope, FIXTURE, scratch, tocsin } from './testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

describe('--json', () => {
  it.each([
    ['check', ['check', '--config', FIXTURE], true],
    ['run', ['run', '--config', FIXTURE], true],
    ['run', ['run', '--config', FIXTURE, '--only', 'nothing'], false],
    ['test-notify', ['test-notify', '--config', FIXTURE], true],
    ['alerts', ['alerts', '--config', FIXTURE], true],
    ['ack', ['ack', 'nonsense', '--config', FIXTURE], false],
    ['silence list', ['silence', 'list', '--config', FIXTURE], true],
    ['silence add', ['silence', 'add', '--config', FIXTURE], false],
    ['silence', ['silence'], false],
    ['routes', ['routes', '--config', FIXTURE], true],
    ['routes test', ['routes', 'test', 'rule=fake.cpu', '--config', FIXTURE], true],
    ['migrate', ['migrate', 'missing.yml'], false],
    ['check', ['check', '--config', 'missing.yaml'], false],
    ['tocsin', ['chek'], false],
  ])('%s prints one envelope', async (command, args, ok) => {
    const { stdout, stderr } = await tocsin([...args, '--json'], folder)
    const printed = envelope.parse(JSON.parse(stdout))
    expect(printed).toMatchObject({ command, ok })
    expect(printed.problems.length > 0).toBe(!ok)
    expect(stderr).not.toMatch(/^E\d/m)
  })

  it('carries the failures of a pass as problems and what it found as data', async () => {
    const { stdout } = await tocsin(['--json', 'run', '--config', FIXTURE], folder, { VALUES: '91', FAIL: 'E205', CHANNEL: 'permanent' })
    const { ok, data, problems } = envelope.parse(JSON.parse(stdout))
    expect(ok).toBe(false)
    expect(problems.map(({ code, where }) => [code, where])).toEqual([
      ['E205', 'fake eu-central-1'],
      ['E301', 'notify.ops'],
    ])
    expect(data).toMatchObject({ watched: 1, critical: 1, observations: [{ value: 91, text: '91%', level: 'critical', resource: { name: 'web-1' } }], alerts: [{ level: 'critical', phase: 'firing', rule: 'fake.cpu' }] })
  })

  it('reports what nobody caught in the envelope too', async () => {
    const { code, stdout } = await tocsin(['run', '--json', '--config', FIXTURE], folder, { CRASH: '1', HANG: '1' })
    expect(envelope.parse(JSON.parse(stdout))).toMatchObject({ command: 'run', ok: false, problems: [{ code: 'unexpected', what: 'nobody caught this' }] })
    expect(code).toBe(1)
  })
})

describe('--debug', () => {
  it('adds the stack trace of what was thrown', async () => {
    const { stderr } = await tocsin(['run', '--debug', '--config', FIXTURE], folder, { CRASH: '1', HANG: '1' })
    expect(stderr).toMatch(/^unexpected error: nobody caught this[\s\S]*^\s+at /m)
  })
})

describe('--help and --version', () => {
  it('tell the commands, the exit codes and the version', async () => {
    const { code, stdout } = await tocsin(['--help'], folder)
    for (const word of ['init', 'check', 'run', 'test-notify', 'alerts', 'ack', 'snooze', 'silence', 'routes', 'migrate', '130']) expect(stdout).toContain(word)
    expect(code).toBe(0)
    expect((await tocsin(['--version'], folder)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

it.each([
  ['tocsin alerts', undefined, 'tocsin alerts'],
  ['tocsin alerts', 'my shop.yaml', "tocsin alerts --config 'my shop.yaml'"],
  ['tocsin check --config other.yaml', 'shop.yaml', 'tocsin check --config other.yaml'],
  ['tocsin migrate old.json --output tocsin.yaml', 'shop.yaml', 'tocsin migrate old.json --output tocsin.yaml'],
  ['the same without --dry-run', 'shop.yaml', 'the same without --dry-run'],
])('the next command after "%s" with --config %s is about the same monitor', (next, config, said) => {
  let stderr = ''
  const stream = { write: (text: string) => ((stderr += text), true), on: () => {}, off: () => {} }
  const shell = { stdout: stream, stderr: { ...stream, isTTY: true } }
  createPrinter({ shell, command: 'run', json: false, config, debug: false }).print({ exit: 0, data: {}, next })
  expect(stderr).toBe(`\nnext: ${said}\n`)
})
