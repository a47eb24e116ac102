import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineMonitor } from '../config/monitor.ts'
import { defineCollector } from '../plugin/define-collector.ts'
import { defineEvaluator } from '../plugin/define-evaluator.ts'
import { expectAlerts } from './expect-alerts.ts'
import { fleetMonitor, inboxes } from './fleet.ts'

const monitor = fleetMonitor({ notify: inboxes('ops', 'lead'), route: { warning: ['ops'], critical: ['ops', 'lead'] } })

const failure = async (check: Promise<void>): Promise<string> =>
  check.then(
    () => 'nothing failed',
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
  )

describe('levels', () => {
  it('are those of each minute, missing points included', async () => {
    await expectAlerts(monitor, { 'fleet.cpu': '40 70 85 85 - 50' }).toBe('OK AMBER RED RED RED OK')
    await expectAlerts(fleetMonitor({}, { for: '2m', keepFiringFor: '1m' }), { cpu: '40 91x4 20x3' }).toBe('OKx3 RED RED RED OK OK')
  })

  it('are those of several series by name, of resources and dimensions of their own', async () => {
    const alerts = expectAlerts(monitor, {
      'fleet.cpu': '20 91',
      'fleet.cpu/db/1': { values: '91 20', tags: { team: 'db' }, account: 'prod', region: 'us-west-2' },
      'disk/db/1': { values: '20 70', labels: { mount: '/var' } },
    })
    await alerts.toBe({ 'fleet.cpu': 'OK RED', 'fleet.cpu/db/1': 'RED OK', 'disk/db/1': 'OK AMBER' })
    await alerts.toTell(['ops RED db/1 cpu 91% (> 80%) · prod us-west-2', 'lead RED db/1', /^1m ops RED fleet\.cpu 1 of 2/, '1m lead ...', 'ops AMBER db/1 disk /var 70%'])
  })

  it('miss no point after the last one that is given', async () => {
    await expectAlerts(fleetMonitor({}, { missing: 'breaching' }), { 'cpu/a': '20', 'cpu/b': '20x9' }).toTell([])
  })

  it('are those of composites, too', async () => {
    const both = fleetMonitor({ composites: { both: { when: 'ALARM("main/fleet.cpu/a") AND ALARM("main/fleet.cpu/b")' } } })
    await expectAlerts(both, { 'cpu/a': '20 91 91 20', 'cpu/b': '20 20 91 91' }).toBe({ 'composite.both': 'OK OK RED OK' })
    expect(await failure(expectAlerts(both, { 'cpu/a': '20' }).toBe({ 'composite.none': 'RED' }))).toMatch('composite.none is not at the levels that were expected')
  })

  it('differ readably', async () => {
    expect(await failure(expectAlerts(monitor, { 'fleet.cpu': '40 70 85 85 - 50' }).toBe('OK AMBER RED OK RED AMBER'))).toBe(`AssertionError: fleet.cpu is not at the levels that were expected

minute    0   1      2    3    4    5
value     40  70     85   85   -    50
expected  OK  AMBER  RED  OK   RED  AMBER
got       OK  AMBER  RED  RED  RED  OK
                          ^^^       ^^

what happened to its alert:
  1m fired OK -> AMBER (enoughHot: > 60%)
  2m escalated AMBER -> RED (enoughHot: > 80%)
  5m resolved RED -> OK (tooFewHot: > 60%)`)
    const long = await failure(expectAlerts(monitor, { 'fleet.cpu': '20x100' }).toBe('OKx40 REDx60'))
    expect(long).toMatch(/^minute +35 +36 .* 48$/m)
    expect(long).toMatch(/^and at 51 other minutes$/m)
    expect(long).toMatch(/nothing happened to its alert$/)
  })

  it('carry what frameworks show as a difference', async () => {
    await expect(expectAlerts(monitor, { cpu: '20 91' }).toBe('OK OK').catch((error: unknown) => Promise.reject(error))).rejects.toMatchObject({ code: 'ERR_ASSERTION', actual: 'OK RED', expected: 'OK OK' })
  })
})

describe('messages', () => {
  const given = { 'fleet.cpu': '40 70 85 85 - 50' }

  it('are told in order, with the time since the first value', async () => {
    await expectAlerts(monitor, given).toTell(['1m ops AMBER web-1 cpu 70%', '2m ops RED web-1', '2m lead RED web-1', /^5m ops OK web-1 cpu 50% · was RED/, 'lead OK'])
    await expectAlerts(monitor, { 'fleet.cpu': '20x10' }).toTell([])
    await expectAlerts(fleetMonitor({ groupWait: '90s' }), { 'fleet.cpu': '91x4' }).toTell(['1m30s ops RED'])
  })

  it('follow the clock that they are given', async () => {
    const nights = { notify: inboxes('ops'), route: { receivers: ['ops'], routes: [{ matchers: ['rule=fleet.cpu'], muteWindows: ['night'] }] }, muteWindows: [{ name: 'night', intervals: [{ times: [{ from: '22:00', to: '06:00' }] }] }] }
    await expectAlerts(fleetMonitor(nights), { 'fleet.cpu': '91' }, { from: '2026-01-05T23:00:00Z' }).toTell([])
    await expectAlerts(fleetMonitor(nights), { 'fleet.cpu': '91' }).toTell(['0s ops RED'])
  })

  it('differ readably', async () => {
    expect((await failure(expectAlerts(monitor, given).toTell(['ops AMBER', 'lead RED web-1', 'ops RED']))).split('\n')).toEqual([
      'AssertionError: the messages are not those that were expected',
      '',
      '  1m ops AMBER web-1 cpu 70% (> 60%)',
      '- lead RED web-1',
      '- ops RED',
      '+ 2m ops RED web-1 cpu 85% (> 80%)',
      '+ 2m lead RED web-1 cpu 85% (> 80%)',
      expect.stringMatching(/^\+ 5m ops OK web-1 /),
      expect.stringMatching(/^\+ 5m lead OK web-1 /),
    ])
    expect(await failure(expectAlerts(monitor, { 'fleet.cpu': '70' }).toTell([/^1m ops/]))).toMatch(/\n- \/\^1m ops\/\n\+ 0s ops AMBER/)
    expect(await failure(expectAlerts(monitor, { cpu: '20' }).toTell(['ops']))).toMatch(/- ops\nnobody is told anything$/)
    expect(await failure(expectAlerts(monitor, given).toTell([]))).toMatch(/\n\+ 1m ops AMBER/)
    expect(await failure(expectAlerts(monitor, { 'fleet.cpu': '91' }).toTell(['1m ops RED', 'lead RED']))).toMatch(/\n- 1m ops RED/)
  })
})

describe('what is given', () => {
  const sizes = defineCollector({
    name: 'volume',
    metrics: { size: { unit: 'bytes', worse: 'high', help: 'Size' }, lag: { unit: 'seconds', worse: 'high', help: 'Lag' } },
    create: () => ({
      async *collect() {
        yield* []
      },
    }),
  })
  const above = defineEvaluator({
    name: 'above',
    options: z.object({ critical: z.number() }),
    create: ({ critical }) => ({ evaluate: ({ timestamps, values }) => ({ judgements: [...values].map((value, index) => ({ at: timestamps[index] ?? 0, value, breaches: value > critical ? ('critical' as const) : ('none' as const), reason: 'above' })) }) }),
  })
  const volumes = defineMonitor({ watch: [sizes({ size: above({ critical: 20e9 }), lag: above({ critical: 0.25 }) })], notify: {} })

  it('is written as the metric is', async () => {
    await expectAlerts(volumes, { size: '20GB 20.1GB 20000000000', lag: '250ms 251ms 0.25' }).toBe({ size: 'OK RED OK', lag: 'OK RED OK' })
    await expectAlerts(volumes, { lag: '1ms Infinity' }).toBe('OK RED')
  })

  it.each([
    [{ 'fleet.cpuu': '1' }, 'OK', 'TypeError: no rule "fleet.cpuu": did you mean "fleet.cpu"?'],
    [{ 'fleet.cpu': '1 x' }, 'OK OK', 'TypeError: "x" is no value of fleet.cpu, which is in percent'],
    [{ 'fleet.cpu': '1 2' }, 'OK', 'TypeError: fleet.cpu has 2 values and 1 expected levels'],
    [{ 'fleet.cpu': '1' }, 'GREEN', 'TypeError: "GREEN" is no level: write OK, AMBER, RED'],
    [{ 'fleet.cpu/a': '1', 'fleet.cpu/b': '1' }, 'OK', "TypeError: 2 series are given: give levels by their names, { 'fleet.cpu/a': 'OK RED' }"],
    [{}, 'OK', "TypeError: 0 series are given: give levels by their names, { 'ec2.cpu': 'OK RED' }"],
  ])('is refused where it means nothing: %j', async (given, levels, message) => {
    expect(await failure(expectAlerts(monitor, given).toBe(levels))).toBe(message)
  })

  it('is refused where a name means nothing, or two things', async () => {
    expect(await failure(expectAlerts(monitor, { 'fleet.cpu': '1' }).toBe({ 'fleet.disk': 'OK' }))).toBe('TypeError: no series "fleet.disk" is given')
    const two = { ...monitor, watch: [...monitor.watch, ...monitor.watch.map((watch) => ({ ...watch, rules: watch.rules.map((rule) => ({ ...rule, name: rule.name.replace('fleet', 'host') })) }))] }
    expect(await failure(expectAlerts(two, { cpu: '1' }).toBe('OK'))).toBe('TypeError: "cpu" may be fleet.cpu or host.cpu')
    expect(await failure(expectAlerts(monitor, { cpu: '1' }, { from: 'noon' }).toBe('OK'))).toBe('TypeError: "from" cannot be "noon": write it as 2026-01-05T12:00:00Z')
    // Without an offset it would be another instant on every machine.
    for (const from of ['2026-01-05T12:00:00', '2026-01-05 12:00', '2026-13-05T12:00:00Z']) expect(await failure(expectAlerts(monitor, { cpu: '1' }, { from }).toBe('OK'))).toBe(`TypeError: "from" cannot be "${from}": write it as 2026-01-05T12:00:00Z`)
    await expectAlerts(monitor, { cpu: '1' }, { from: '2026-01-05T13:00:00+01:00' }).toBe('OK')
  })
})

it('needs no vitest: the module is loaded by node alone', async () => {
  const module = new URL('expect-alerts.ts', import.meta.url).href
  const hooks = `import { registerHooks } from 'node:module'; registerHooks({ resolve: (name, context, next) => { if (name.startsWith('vitest')) throw new Error('vitest is asked for'); return next(name, context) } });`
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', '--input-type=module', '-e', `${hooks} const { expectAlerts } = await import('${module}'); console.log(typeof expectAlerts)`])
  expect(stdout).toBe('function\n')
})
