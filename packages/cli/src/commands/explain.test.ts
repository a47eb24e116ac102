import { beforeEach, describe, expect, it } from 'vitest'
import { openState } from '../run/open-state.ts'
import { envelope, FIXTURE, scratch, stateEnv, tocsin } from '../testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

const run = (VALUES: string, env: Record<string, string> = {}) => tocsin(['run', '--config', FIXTURE], folder, { VALUES, ...env })
const command = (...args: string[]) => tocsin([...args, '--config', FIXTURE], folder)
const explain = (...args: string[]) => command('explain', 'fake.cpu/web-1', ...args)
const [time, day] = ['\\d\\d:\\d\\d:\\d\\d', '\\d{4}-\\d\\d-\\d\\d']

describe('explain', () => {
  it('says who was told, first, and then the chain from the points to the answer', async () => {
    await run('20')
    await run('91')
    const { code, stdout } = await explain()
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^told: ops by sink at \d\d:\d\d(:\d\d)? \(delivered\); not told again: nothing is new; the repeat is due at .* \(every 4h\)$/),
      expect.stringMatching(/^RED web-1 cpu 91% \(> 80%\) · us-west-2 · [\da-f]{8}$/),
      '',
      expect.stringMatching(new RegExp(`^TIME \\(${day} UTC\\) +WHAT +REASON +IN WORDS$`)),
      expect.stringMatching(new RegExp(`^${time} +points +(points|missing) +20% (missing )*91%`)),
      expect.stringMatching(new RegExp(`^${time} +state +enoughHot +it fires as RED, at 91% \\(> 80%\\): enough of the newest points are hot$`)),
      expect.stringMatching(new RegExp(`^${time} +judgement +firing +the newest point: 91% \\(> 80%\\), firing RED · latched at RED`)),
      expect.stringMatching(new RegExp(`^${time} +route +root +the root route takes it for ops`)),
      expect.stringMatching(new RegExp(`^${time} +decision +first +queued for ops: "RED web-1 cpu 91%.*" \\(the first message of its group; message [\\da-f]{8}\\)$`)),
      expect.stringMatching(new RegExp(`^${time} +delivery +delivered +attempt 1 to tell ops: delivered$`)),
    ])
  })

  it('says why nobody was told', async () => {
    await command('silence', 'add', 'name=web-1', '--for', '2h', '--by', 'anna', '--comment', 'deploy')
    await run('91')
    expect((await explain()).stdout).toMatch(/^nobody was told: silence [\da-f]{8} by anna until \d\d:\d\d(:\d\d)?: deploy\nRED web-1/)
  })

  it('says what the receiver answered, and that it was not told again because somebody has it', async () => {
    await run('91', { CHANNEL: 'permanent' })
    expect((await explain()).stdout).toMatch(/^nobody was told: ops by sink at \S+ \(given up: 410 gone\)\n/)
    await command('ack', 'fake.cpu/web-1', '--by', 'ann')
    await run('91', { REPEAT: '1' })
    const { stdout } = await explain()
    expect(stdout).toMatch(/ person +person +it is taken on by ann\n/)
    expect(stdout).toMatch(/ decision +acknowledged +ops is not told again: a repeat was due, and somebody has taken every alert of the group on\n/)
  })

  it('says of what was never hot that there was nothing to tell', async () => {
    await run('20,91')
    const { code, stdout } = await explain()
    expect([code, stdout.split('\n').slice(0, 2)]).toEqual([0, ['nothing to tell: it was never hot', expect.stringMatching(/^web-1 cpu · [\da-f]{8}$/)]])
    expect(stdout).toMatch(/ points +points +20%\n/)
    const id = / ([\da-f]{8})$/m.exec(stdout)?.[1] ?? ''
    expect((await command('explain', id)).stdout).toBe(stdout)
    const unknown = await command('explain', 'fake.cpu/web-3')
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/^E601 no alert is called "fake\.cpu\/web-3"/)])
  })

  it('goes back in time, and never forward', async () => {
    await run('20')
    const before = new Date().toISOString()
    await run('91')
    await run('20')
    expect((await explain()).stdout).toMatch(/^told: ops by sink at \S+ its end at \S+ \(delivered\)\nOK web-1/)
    expect((await explain('--at', before)).stdout).toMatch(/^nothing to tell: it was never hot\n/)
    expect((await explain('--at', '2026-01-05 03:12')).stdout).toMatch(/^nothing to tell: it was never hot\n/)
    const ahead = await explain('--at', '2999-01-01 00:00')
    expect([ahead.code, ahead.stderr]).toEqual([2, expect.stringMatching(/^E600 --at cannot be "2999-01-01 00:00", which is to come/)])
    expect((await explain('--at', 'yesterday')).code).toBe(2)
  })

  it('prints it for programs', async () => {
    await run('91,65')
    const { data, command: name } = envelope.parse(JSON.parse((await explain('--json')).stdout))
    const iso = expect.stringMatching(/^\d{4}-.*Z$/)
    const hex = expect.stringMatching(/^[\da-f]{32}$/)
    expect(name).toBe('explain')
    expect(data).toMatchObject({
      monitor: 'fixture',
      fingerprint: hex,
      at: iso,
      alert: { level: 'critical', value: 91 },
      episode: expect.any(String),
      answer: { code: 'told', text: expect.stringMatching(/^told: ops/), reason: null, receivers: [{ receiver: 'ops', by: 'sink', told: true, silent: { code: 'repeatInterval', text: expect.any(String) }, messages: [{ id: hex, at: iso, reason: 'first', end: false, outcome: 'delivered' }] }] },
      points: [{ at: iso, value: 91, text: '91%' }],
      gaps: [],
    })
    expect((data as { timeline: unknown[] }).timeline).toContainEqual({ at: iso, link: 'delivery', code: 'delivered', text: 'attempt 1 to tell ops: delivered', receiver: 'ops', group: '/{rule="fake.cpu"}', message: hex })
  })

  it('knows an alert that was forgotten by the messages about it', async () => {
    await run('91')
    const { store } = await openState({ name: 'fixture', state: undefined }, FIXTURE, stateEnv(folder), { readOnly: false })
    await store.transaction(async (tx) => {
      for (const { id, version } of await tx.alerts.list('fixture')) await tx.alerts.remove(id, version)
    })
    const [fingerprint = ''] = await store.transaction((tx) => tx.events.fingerprints({ monitor: 'fixture', beginning: '', limit: 1 }))
    await store.close()
    const { stdout, stderr, code } = await command('explain', fingerprint.slice(0, 8))
    expect([code, stdout.split('\n').slice(0, 2), stderr]).toEqual([0, [expect.stringMatching(/^told: ops by sink/), `web-1 cpu, which has ended · ${fingerprint.slice(0, 8)}`], ''])
    expect((await explain()).stdout).toBe(stdout)
  })

  it('refuses an alert that is not there', async () => {
    const { code, stderr } = await explain()
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^E601 no alert is called "fake.cpu\/web-1"/)])
  })
})
