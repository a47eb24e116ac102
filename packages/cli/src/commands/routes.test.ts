import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { envelope, scratch, tocsin } from '../testing/cli.ts'

const CONFIG = `
name: shop
watch: [{ use: host, rules: { cpu: { critical: 80 } } }]
muteWindows:
  - { name: always, intervals: [{ years: ['2020:9999'] }] }
  - { name: never, intervals: [{ times: [{ from: '22:00', to: '06:00' }], weekdays: ['monday:friday', sunday], daysOfMonth: ['-3:-1'], months: [march], years: [2020], timeZone: Europe/Berlin }] }
groupWait: 10s
route:
  receivers: [ops]
  steps: [{ after: 15m, notify: lead }, { after: 30m, notify: [] }, { after: 1h, notify: boss, level: critical, repeat: 30m }]
  routes:
    - matchers: ['tag_team="db"']
      receivers: [dba]
      continue: true
      muteWindows: [never]
      routes:
        - { level: critical, receivers: [dba, boss], groupBy: [], groupWait: 0s, steps: [], muteWindows: [always] }
    - { matchers: ['tag_team=~"db|web"', 'tier!="dev"'], groupBy: ['...'], activeWindows: [never] }
    - { matchers: ['tag_team="none"'], receivers: [], steps: [] }
notify:
  ops: { use: console }
  lead: { use: console }
  dba: { use: console }
  boss: { use: console }
`

let folder = ''
beforeEach(async () => {
  folder = await scratch()
  await writeFile(join(folder, 'tocsin.yaml'), CONFIG)
})

describe('routes', () => {
  it('prints the tree, each route with what it says itself', async () => {
    const { code, stdout } = await tocsin(['routes'], folder)
    expect(stdout.trimEnd().split('\n')).toEqual([
      'everything · tells ops · grouped by rule · first after 10s · news every 5m · again every 4h · then 15m lead · then 30m nobody · then 1h boss (RED only, again every 30m)',
      '├─ {tag_team="db"} · tells dba · silent in never · then goes on with the next route',
      '│  └─ RED · tells dba, boss · all in one group · first at once · silent in always',
      '├─ {tag_team=~"db|web",tier!="dev"} · grouped by all labels · silent but in never',
      '└─ {tag_team="none"} · tells nobody',
      '',
      'always: 2020:9999 UTC',
      'never: 22:00-06:00 monday:friday,sunday days -3:-1 march 2020 Europe/Berlin',
    ])
    expect(code).toBe(0)
  })

  it('gives the tree to programs', async () => {
    const { command, data } = envelope.parse(JSON.parse((await tocsin(['routes', '--json'], folder)).stdout))
    expect(command).toBe('routes')
    expect(data).toMatchObject({
      monitor: 'shop',
      root: {
        path: [],
        receivers: ['ops'],
        groupWaitSeconds: 10,
        repeatIntervalSeconds: 14_400,
        steps: [{ afterSeconds: 900, notify: ['lead'], level: null }, { notify: [] }, { afterSeconds: 3_600, level: 'critical', repeatSeconds: 1_800 }],
        routes: [{ path: [0], matchers: '{tag_team="db"}', continue: true, groupBy: null, routes: [{ path: [0, 0], level: 'critical', groupBy: [], groupWaitSeconds: 0 }] }, { path: [1], activeWindows: ['never'] }, { receivers: [] }],
      },
    })
  })
})

describe('routes test', () => {
  const test = (...args: string[]) => tocsin(['routes', 'test', ...args], folder)

  it('says which routes take an alert, why, and who is told when', async () => {
    const { code, stdout } = await test('tag_team=db', 'rule=host.cpu', '--level', 'warning')
    expect(stdout.trimEnd().split('\n')).toEqual([
      'AMBER tag_team=db rule=host.cpu',
      'route 0 {tag_team="db"}: its conditions hold, and those of no route below it',
      '  tells dba, grouped by rule',
      '  first 10s after it fires (at once if it was pending that long), news every 5m, again every 4h',
      '  silent in never, which does not hold now nor in the next ten years: 22:00-06:00 monday:friday,sunday days -3:-1 march 2020 Europe/Berlin',
      'route 1 {tag_team=~"db|web",tier!="dev"}: its conditions hold',
      '  tells ops, grouped by all labels',
      '  first 10s after it fires (at once if it was pending that long), news every 5m, again every 4h',
      '  silent but in never, which does not hold now nor in the next ten years: 22:00-06:00 monday:friday,sunday days -3:-1 march 2020 Europe/Berlin',
      '',
      'AFTER  TELLS  BY',
      '  10s  dba    route 0',
      '  10s  ops    route 1, silent now: never',
      '  15m  lead   step 1',
      'steps are those of route 0; they stop once somebody takes the alert on, and wait while it is muted or snoozed',
    ])
    expect(code).toBe(0)
  })

  it('goes by the level, and tells of each when none is named', async () => {
    const { data } = envelope.parse(JSON.parse((await test('tag_team=db', '--json')).stdout))
    expect(data).toMatchObject({
      labels: { tag_team: 'db' },
      levels: [
        { level: 'warning', routes: [{ path: [0], reason: 'noChildMatched', silentNow: false }, { path: [1], silentNow: true, activeWindows: [{ name: 'never', holdsNow: false, changesAt: null }] }] },
        {
          level: 'critical',
          routes: [{ path: [0, 0], conditions: '{tag_team="db"} > RED', reason: 'matched', receivers: ['dba', 'boss'], silentNow: true, muteWindows: [{ name: 'always', holdsNow: true, changesAt: null, times: '2020:9999 UTC' }] }, { path: [1] }],
          // The steps are those of the second route, which it has from the root; what nobody takes comes earlier.
          timeline: [{ afterSeconds: 0, tells: ['dba', 'boss'], route: [0, 0] }, { afterSeconds: 10, tells: ['ops'], route: [1] }, { afterSeconds: 900, tells: ['lead'], step: 1 }, { afterSeconds: 1_800, tells: ['boss'], step: 3, repeatSeconds: 1_800 }],
        },
      ],
    })
  })

  it('says how long a window holds and when the next one does', async () => {
    // Days around today, so that one holds and the other does not whenever this runs.
    const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
    const window = (name: string, days: readonly number[]) => ({ name, intervals: days.map(day).map((date) => ({ years: [date.slice(0, 4)], months: [String(Number(date.slice(5, 7)))], daysOfMonth: [String(Number(date.slice(8)))] })) })
    await writeFile(join(folder, 'tocsin.yaml'), JSON.stringify({ watch: [], notify: { ops: { use: 'console' } }, muteWindows: [window('on', [-1, 0, 1]), window('off', [3, 4])], route: { receivers: ['ops'], routes: [{ muteWindows: ['on', 'off'], continue: true }, { activeWindows: ['off', 'on'] }] } }))
    const { stdout } = await test('rule=x', '--level', 'critical')
    expect(stdout).toMatch(/^ {2}silent in on, which holds now and closes in \d+[dh].* \((sun|mon|tue|wed|thu|fri|sat) 00:00 UTC\): .* UTC$/m)
    expect(stdout).toMatch(/^ {2}silent in off, which does not hold now and opens in \d+[dh].* \((sun|mon|tue|wed|thu|fri|sat) 00:00 UTC\): .* UTC$/m)
    const { data } = envelope.parse(JSON.parse((await test('rule=x', '--json')).stdout))
    expect(data).toMatchObject({ levels: [{ routes: [{ silentNow: true, muteWindows: [{ name: 'on', holdsNow: true, changesAt: `${day(2)}T00:00:00.000Z` }, { name: 'off', holdsNow: false, changesAt: `${day(3)}T00:00:00.000Z` }] }, { silentNow: false, activeWindows: [{ name: 'off' }, { name: 'on' }] }] }, { level: 'critical' }] })
  })

  it('says that a step is silent where the route that has it is', async () => {
    const { stdout } = await test('tag_team=db', '--level', 'critical')
    expect(stdout).toMatch(/^ +30m +boss +step 3, again every 30m, silent now: never\nsteps are those of route 1;/m)
  })

  it('says when nobody is told, and by which silence', async () => {
    expect((await test('tag_team=none', '--level', 'critical')).stdout).toMatch(/^RED .*\nroute 2 .*\n {2}tells nobody, .*\n.*\nnobody is told\n$/)
    await tocsin(['silence', 'add', 'rule="host.cpu",level="warning"', '--for', '2h', '--by', 'ann'], folder)
    const { stdout } = await test('rule=host.cpu')
    const [amber = '', red = ''] = stdout.split('\n\nRED ')
    expect(amber).toMatch(/^root: it has what no other route takes$[^]*^silenced by ann for .* more \([\da-f]{8}\): nothing of this is told while it holds$/m)
    expect(red).not.toContain('silenced')
  })

  it('warns of what is special about alerts of Tocsin itself', async () => {
    const { stdout, stderr } = await test('rule=tocsin.channel', 'name=ops', 'tag_team=none', '--level', 'critical')
    expect(stderr).toMatch(/^an alert of Tocsin about itself goes to everybody where/)
    expect(stdout).toMatch(/^ {2}tells nobody, [^]*^ +10s +lead, dba, boss +route 2$/m)
  })

  it.each([
    [['rule'], /^E600 "rule" is no label · tocsin routes test · write name=value/],
    [['=x'], /^E600 "=x" is no label/],
    [['level=critical'], /^E600 the level is no label of an alert · tocsin routes test · write --level critical/],
    [['rule=x', '--level', 'green'], /^E600 .*Allowed choices are warning, critical/],
    [[], /^E600 missing required argument 'labels' · tocsin routes test · see: tocsin routes test --help/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await test(...args)
    expect(stderr).toMatch(message)
    expect(code).toBe(2)
  })
})
