import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { envelope, FIXTURE, scratch, tocsin } from '../testing/cli.ts'

let folder = ''
beforeEach(async () => {
  folder = await scratch()
})

const command = (...args: string[]) => tocsin([...args, '--config', FIXTURE], folder)
const silence = (...args: string[]) => command('silence', ...args)
const run = (values: string) => tocsin(['run', '--config', FIXTURE], folder, { VALUES: values, OUT: join(folder, 'out') })
const sent = async (): Promise<string[]> => (await readFile(join(folder, 'out'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '')

const listed = z.object({ silences: z.array(z.looseObject({ id: z.string(), state: z.string(), reason: z.string() })) })
const silences = async (...args: string[]) => listed.parse(envelope.parse(JSON.parse((await silence('list', '--json', ...args)).stdout)).data).silences

describe('silence add', () => {
  it('hides what begins, until somebody ends it', async () => {
    await run('10')
    const { code, stdout } = await silence('add', 'rule="fake.cpu",name=~"web-.*"', '--for', '2h', '--by', 'ann', '--comment', 'we know')
    expect(stdout).toMatch(/^silenced by ann \([\da-f]{8}\): \{rule="fake\.cpu",name=~"web-\.\*"\}, for 2h, until \d{4}-\d\d-\d\d \d\d:\d\d UTC\nit hides no alerts now\n$/)
    expect(code).toBe(0)
    await run('91')
    expect(await sent()).toEqual([])
    const [one] = await silences()
    expect(one).toMatchObject({ matchers: ['{rule="fake.cpu",name=~"web-.*"}'], state: 'active', reason: 'started', by: 'ann', comment: 'we know', untilResolved: false, recurring: null })
    const ended = await silence('expire', one?.id.slice(0, 8) ?? '')
    expect(ended.stdout).toBe(`expired ${one?.id.slice(0, 8)}: {rule="fake.cpu",name=~"web-.*"}\n`)
    await run('91')
    expect(await sent()).toEqual([expect.stringContaining('RED web-1')])
  })

  it('hides what all of its arguments match, quoted or bare', async () => {
    await run('91,91,91')
    const { stdout } = await silence('add', 'rule=fake.cpu', 'name=~web-[12],name!="web-1"', '--for', '2h')
    expect(stdout).toMatch(/: \{rule="fake\.cpu",name=~"web-\[12\]",name!="web-1"\}, for 2h, .*\nit hides 1 alert now:\n {2}RED web-2 .*\n$/)
    expect((await silence('add', 'name=web-1', 'name=web-2', '--for', '2h')).stdout).toMatch(/it hides no alerts now\n$/)
  })

  it('hides what an alternative matches, by the level too', async () => {
    const { stdout } = await silence('add', 'name="web-1"', 'level=warning', '--or', 'name=web-2,rule=fake.cpu', '--or', 'name=web-4', '--until', '2100-01-01 00:00')
    expect(stdout).toContain(': {name="web-1",level="warning"} or {name="web-2",rule="fake.cpu"} or {name="web-4"}, for ')
    await run('65,91,91')
    expect(await sent()).toEqual([expect.stringContaining('RED web-3')])
    await run('91,91,91')
    expect(await sent()).toEqual([expect.anything(), expect.stringContaining('web-1')])
  })

  it('says what it hides now, and keeps nothing in a dry run', async () => {
    await run('91,65')
    const dry = await silence('add', 'name="web-1"', '--until-resolved', '--dry-run')
    expect(dry.stdout).toMatch(/^a dry run, nothing is kept: \{name="web-1"\}, until what it hides has ended\nit would hide 1 alert now:\n {2}RED web-1 cpu 91% \(> 80%\) · us-west-2 · [\da-f]{8}\n$/)
    expect(await silences('--all')).toEqual([])
    const { stdout } = await silence('add', 'rule="fake.cpu"', '--for', '1h', '--json')
    expect(envelope.parse(JSON.parse(stdout))).toMatchObject({ command: 'silence add', data: { kept: true, silence: { matchers: ['{rule="fake.cpu"}'] }, hides: [{ resource: { name: 'web-1' } }, { resource: { name: 'web-2' } }] } })
  })

  it('ends by itself when all that it hides is resolved', async () => {
    await run('91')
    await silence('add', 'name="web-1"', '--until-resolved')
    expect(await silences()).toMatchObject([{ state: 'active', reason: 'untilResolved', endsAt: null }])
    await run('10')
    expect(await silences()).toEqual([])
    expect(await silences('--all')).toMatchObject([{ state: 'expired', reason: 'resolved' }])
    await run('91')
    expect(await sent()).toHaveLength(3)
  })

  it('comes again and again, in the zone that was named', async () => {
    const { stdout } = await silence('add', 'name="web-1"', '--weekdays', 'monday:friday,sunday', '--times', '22:00-23:30,23:45-06:00', '--time-zone', 'Europe/Berlin', '--until', '2100-01-01T00:00Z')
    expect(stdout).toMatch(/: \{name="web-1"\}, at 22:00-23:30,23:45-06:00 monday:friday,sunday Europe\/Berlin, until 2100-01-01 00:00 UTC\nwhile it holds, it hides no alerts of now\n$/)
    expect(await silences()).toMatchObject([{ recurring: '22:00-23:30,23:45-06:00 monday:friday,sunday Europe/Berlin' }])
  })

  it('takes a time of day as seen from its start', async () => {
    const { stdout } = await silence('add', 'name="web-1"', '--from', '2099-12-31 22:00', '--until', '06:00', '--dry-run', '--json')
    expect(envelope.parse(JSON.parse(stdout)).data).toMatchObject({ silence: { startsAt: '2099-12-31T22:00:00.000Z', endsAt: '2100-01-01T06:00:00.000Z' } })
  })

  it('holds at its times and at no others', async () => {
    await silence('add', 'name="web-1"', '--times', '00:00-24:00')
    await silence('add', 'name="web-2"', '--times', '00:00-24:00', '--from', '2099-12-31 22:00', '--for', '1h')
    await run('91,91')
    expect(await sent()).toEqual([expect.stringContaining('RED web-2')])
    expect(await silences()).toMatchObject([{ matchers: ['{name="web-1"}'], state: 'active', reason: 'inWindow' }, { state: 'pending', reason: 'notStarted', startsAt: '2099-12-31T22:00:00.000Z', endsAt: '2099-12-31T23:00:00.000Z' }])
  })

  it.each([
    [['x="y"'], /^E600 the silence has no end · tocsin silence add · add --for 2h, --until/],
    [['x="y"', '--for', '2h', '--until', '18:00'], /^E600 .*cannot be used with/],
    [['x="y"', '--until-resolved', '--times', '10:00-11:00'], /^E600 .*cannot be used with/],
    [['x="y"', '--until-resolved'], /^E103 no alert that it matches goes on.* · --until-resolved · give --for or --until/],
    [['x="y"', '--until', '2020-01-01T00:00Z'], /^E103 the silence is over before it begins · --until · /],
    [['x=~"("', '--for', '2h'], /^E103 the pattern of x=~"\(" cannot be read.* · MATCHERS · /],
    [['x=~".*"', '--for', '2h'], /^E103 the matchers .* hold for alerts without any label · MATCHERS · /],
    [['x', '--for', '2h'], /^E103 .* · MATCHERS · /],
    [['x=y', 'z', '--for', '2h'], /^E103 .* · MATCHERS · /],
    [['x=y', '--or', 'z', '--for', '2h'], /^E103 .* · --or · /],
    [['x=y', '--or', 'z=~"("', '--for', '2h'], /^E103 the pattern of z=~"\(" cannot be read.* · --or · /],
    [['x=y', '--or', '', '--for', '2h'], /^E103 the matchers \{\} hold for alerts without any label/],
    [['x="y"', '--time-zone', 'Europe/Berlin', '--for', '2h'], /^E600 --time-zone without --weekdays or --times/],
    [['x="y"', '--times', '10:00'], /^E600 --times cannot be "10:00"/],
    [['x="y"', '--times', '10:00-11:00', '--time-zone', 'Mars'], /^E103 .* · --time-zone · /],
    [['x="y"', '--weekdays', 'mon'], /^E103 .* · --weekdays · .*monday/],
    [['x="y"', '--times', '25:00-26:00'], /^E103 .*25:00.* · --times · [^]*E103 .*26:00.* · --times · /],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await silence('add', ...args)
    expect(stderr).toMatch(message)
    expect([code, stdout]).toEqual([2, ''])
  })
})

describe('silence list', () => {
  it('shows what holds and what will, and with --all what is over', async () => {
    expect((await silence('list')).stdout).toBe('no silences hold or will\n')
    await silence('add', 'name="web-1"', '--for', '2h', '--by', 'ann', '--comment', 'disk\u001B[31m')
    await silence('add', 'name="web-2"', '--from', '2099-01-01 00:00', '--for', '1h')
    const [, first] = await silences()
    await silence('expire', first?.id ?? '')
    expect((await silence('list')).stdout.trim().split('\n')).toEqual([expect.stringMatching(/^ID +STATE +ENDS +BY +MATCHERS$/), expect.stringMatching(/^[\da-f]{8} +pending: not started yet +in \d+d.* \{name="web-2"\}$/)])
    expect((await silence('list', '--all')).stdout.trim().split('\n')).toEqual([expect.anything(), expect.stringContaining('web-2'), expect.stringMatching(/ expired: by hand +.*(ago|now) +ann +\{name="web-1"\} +disk$/)])
  })
})

describe('silence expire', () => {
  it('ends what it finds, and says of the rest why not', async () => {
    await silence('add', 'name="web-1"', '--for', '2h')
    const [one] = await silences()
    const { code, stdout, stderr } = await silence('expire', 'nonsense', one?.id ?? '')
    expect(stdout).toMatch(/^expired [\da-f]{8}: \{name="web-1"\}\n$/)
    expect(stderr).toMatch(/^E601 no silence is called "nonsense" · fixture · run "tocsin silence list"/)
    expect(code).toBe(2)
    expect((await silence('expire', one?.id ?? '')).stderr).toMatch(/^E601 the silence .* is over already/)
  })
})
