import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ConfigError } from '../errors.ts'
import { defineNotifier } from '../plugin/define-notifier.ts'
import { defineReport } from '../plugin/define-report.ts'
import { delivered } from '../plugin/delivery.ts'
import { monitorJsonSchema } from './declaration.ts'
import { loadMonitor } from './load.ts'
import { defineMonitor } from './monitor.ts'

const mail = defineNotifier({ name: 'mail', reports: true, create: () => ({ send: async () => delivered(), sendReport: async () => delivered() }) })
const pager = defineNotifier({ name: 'pager', create: () => ({ send: async () => delivered() }) })
const digest = defineReport({
  name: 'digest',
  options: z.object({ lines: z.int().default(10) }),
  schedule: ({ lines }) => (lines > 10 ? '0 9 * * *' : '0 8 * * *'),
  period: (_options, at) => ({ from: at - 1, until: at, name: 'a moment' }),
  create: () => ({ compose: () => Promise.reject(new Error('not here')) }),
})

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function load(reports: string) {
  await writeFile(join(folder, 'tocsin.yaml'), `watch: []\nnotify:\n  mail: { use: mail }\n  pager: { use: pager }\nreports:\n${reports}`)
  return (await loadMonitor({ file: 'tocsin.yaml', cwd: folder, env: {}, builtins: [mail, pager, digest] })).monitor
}
const problems = (error: unknown): string[] => (error instanceof ConfigError ? error.problems.map(String) : [String(error)])

it('are read from YAML, with the plugin\'s own schedule and the zone of the monitor unless they say otherwise', async () => {
  const { reports } = await load('  one: { use: digest, to: [mail] }\n  two: { use: digest, to: [mail], lines: 20, timeZone: Asia/Tokyo }\n  three: { use: digest, to: [mail], schedule: "*/5 * * * *" }\n')
  expect(Object.entries(reports).map(([name, { use, to, schedule, timeZone }]) => [name, use, to, schedule, timeZone])).toEqual([
    ['one', 'digest', ['mail'], '0 8 * * *', undefined],
    ['two', 'digest', ['mail'], '0 9 * * *', 'Asia/Tokyo'],
    ['three', 'digest', ['mail'], '*/5 * * * *', undefined],
  ])
})

describe('a mistake is told at its place', () => {
  it.each([
    ['  one: { use: digest, to: [mial] }\n', 'E106 unknown notifier "mial" · tocsin.yaml:6:28 · did you mean "mail"?'],
    ['  one: { use: digest, to: [mail, pager] }\n', 'E103 "pager" carries no reports: pager has no form for them · tocsin.yaml:6:34 · send it to mail'],
    ['  one: { use: digest, to: [mail], schedule: "at eight" }\n', 'E103 "at eight" is not a cron pattern that ever comes · tocsin.yaml:6:45 · write five fields: "0 8 * * 1"'],
    ['  one: { use: digest, to: [mail], schedule: "0 8 31 2 *" }\n', 'E103 "0 8 31 2 *" is not a cron pattern that ever comes · tocsin.yaml:6:45 · write five fields: "0 8 * * 1"'],
    ['  one: { use: digest, to: [mail], timeZone: Berlin }\n', 'E103 "Berlin" is no time zone · tocsin.yaml:6:45 · write an IANA zone such as "Europe/Berlin"'],
  ])('%s', async (reports, expected) => {
    expect(await load(reports).then(() => [], problems)).toEqual([expected])
  })

  it('all of them at once', async () => {
    const found = await load('  one: { use: digest }\n  two: { use: digets, to: [mail] }\n  three: { use: digest, to: [mail], line: 3 }\n').then(() => [], problems)
    expect(found).toEqual([expect.stringMatching(/^E103 "to" is missing · tocsin.yaml:6:/), expect.stringMatching(/^E107 unknown report "digets" · tocsin.yaml:7:.*digest/), expect.stringMatching(/^E102 unknown key "line" · tocsin.yaml:8:.*lines/)])
  })

  it('in a program at the call', () => {
    const wrong = digest({ to: ['mail', 'pager'] })
    expect(() => defineMonitor({ watch: [], notify: { mail: mail(), pager: pager() }, reports: { one: wrong } })).toThrow(ConfigError)
    try {
      defineMonitor({ watch: [], notify: { mail: mail(), pager: pager() }, reports: { one: wrong } })
    } catch (error) {
      expect(problems(error)).toEqual([expect.stringMatching(/E103 "pager" carries no reports.*reports\.test\.ts:\d+:\d+/)])
    }
  })
})

it('are in the JSON Schema for editors', () => {
  const { properties } = z.object({ properties: z.object({ reports: z.object({ additionalProperties: z.object({ required: z.array(z.string()), properties: z.record(z.string(), z.unknown()) }) }) }) }).parse(monitorJsonSchema())
  expect(properties.reports.additionalProperties.required).toEqual(['use', 'to'])
  expect(Object.keys(properties.reports.additionalProperties.properties)).toEqual(['use', 'to', 'schedule', 'timeZone'])
})
