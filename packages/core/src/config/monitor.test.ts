import { expect, it } from 'vitest'
import { z } from 'zod'
import { ConfigError } from '../errors.ts'
import { defineCollector } from '../plugin/define-collector.ts'
import { defineEvaluator } from '../plugin/define-evaluator.ts'
import { defineNotifier } from '../plugin/define-notifier.ts'
import { delivered } from '../plugin/delivery.ts'
import { secret } from '../secret.ts'
import { reachable } from '../routing/route-tree.ts'
import { defineMonitor } from './monitor.ts'

const pager = defineNotifier({ name: 'pager', options: z.object({ url: z.url().optional() }), create: () => ({ send: async () => delivered() }) })
const line = defineEvaluator({ name: 'line', options: z.object({ over: z.number() }), create: () => ({ evaluate: () => ({ judgements: [] }) }) })
const host = defineCollector({
  name: 'host',
  options: z.object({ mounts: z.array(z.string()).optional() }),
  metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' }, disk: { unit: 'percent', worse: 'high', help: 'Disk' } },
  create: () => ({ async *collect() {} }),
})

/** What a person who got the types wrong, or has none, writes. */
const compose = (spec: unknown): string[] => {
  try {
    defineMonitor(spec as Parameters<typeof defineMonitor>[0])
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => `${problem.code} ${problem.message} · ${problem.fix}`)
    throw error
  }
}
const anything = (value: unknown): never => value as never

it('reports everything that is wrong at once, each with a suggestion', () => {
  expect(
    compose({
      evry: '5m',
      repeatInterval: '4 hours',
      watch: [host({ mount: ['/'] } as never, anything({ cpuu: line({ over: 1 }) })), host(anything({ cpuu: line({ over: 1 }), disk: line({ over: 'x', for: '5min' } as never) }))],
      notify: { ops: pager({ url: 'nowhere' }) },
      route: { critical: ['opps'] },
    }),
  ).toEqual([
    'E104 "repeatInterval" is not a duration: "4 hours" · write a number and ms, s, m, h, d or w: "5m"',
    'E102 unknown key "evry" · did you mean "every"?',
    'E102 unknown key "mount" · did you mean "mounts"?',
    'E101 unknown metric "cpuu" of host · did you mean "cpu"?',
    'E101 unknown metric "cpuu" of host · did you mean "cpu"?',
    'E103 "over" cannot be "x" · expected number, received string',
    'E104 "for" is not a duration: "5min" · write a number and ms, s, m, h, d or w: "5m"',
    'E103 "url" cannot be "nowhere" · Invalid URL',
    'E106 unknown notifier "opps" · did you mean "ops"?',
  ])
})

it('names the line of the program where the mistake stands', () => {
  try {
    defineMonitor({ watch: [host(anything({ cpuu: line({ over: 1 }) }))], notify: {} })
    expect.unreachable()
  } catch (error) {
    expect((error as ConfigError).problems[0]?.where).toMatch(/monitor\.test\.ts:\d+:\d+$/)
  }
})

it('takes nothing that is not a call of a plugin', () => {
  expect(compose({ watch: [host], notify: { ops: pager, mail: 'mail' }, route: 'ops' })).toEqual([
    'E103 "route" cannot be "ops" · Invalid input',
    'E103 "0" cannot be function · expected a call of a collector: "host({ ... })"',
    'E103 "ops" cannot be function · expected a call of a notifier: "slack({ ... })"',
    'E103 "mail" cannot be "mail" · expected a call of a notifier: "slack({ ... })"',
  ])
  expect(compose({ wach: [], notify: {} })).toEqual(['E103 "watch" is missing · add it: expected array, received undefined', 'E102 unknown key "wach" · did you mean "watch"?'])
})

it('names the line of the composition for what no plugin is to blame for', () => {
  try {
    defineMonitor(anything({ watch: [], notify: {}, evry: '5m' }))
    expect.unreachable()
  } catch (error) {
    expect((error as ConfigError).problems[0]?.where).toMatch(/monitor\.test\.ts:\d+:5$/)
    expect((error as ConfigError).paths).toEqual([['evry']])
  }
})

it('suggests the options of every rule and notifier, too, and says what is missing', () => {
  expect(compose({ watch: [host({ cpu: line({ over: 1, fro: '5m' } as never) })], notify: { ops: pager({ sendResolve: true } as never) } })).toEqual([
    'E102 unknown key "fro" · did you mean "for"?',
    'E102 unknown key "sendResolve" · did you mean "sendResolved"?',
  ])
  const locked = defineNotifier({ name: 'locked', options: z.object({ token: secret() }), create: () => ({ send: async () => delivered() }) })
  expect(compose({ watch: [], notify: { ops: locked({} as never) } })[0]).toMatch(/^E103 "token" is missing/)
})

it('refuses a cron pattern and a zone that do not exist', () => {
  expect(compose({ watch: [], notify: {}, schedule: 'every day' })[0]).toMatch(/^E103 "schedule" is not a cron pattern/)
  expect(compose({ watch: [], notify: {}, timeZone: 'Mars/Olympus' })[0]).toMatch(/^E103 "timeZone".*IANA/)
})

it.each([
  [undefined, { warning: ['ops', 'mail'], critical: ['ops', 'mail'] }],
  [{ warning: ['ops'] }, { warning: ['ops'], critical: ['ops'] }],
  [{ critical: ['mail'] }, { warning: [], critical: ['mail'] }],
  [{ receivers: ['ops'], routes: [{ level: 'critical', receivers: ['mail'] }] }, { warning: ['ops'], critical: ['mail'] }],
] as const)('routes %j to %j', (route, expected) => {
  const monitor = defineMonitor({ watch: [], notify: { ops: pager(), mail: pager() }, ...(route && { route }) })
  expect({ warning: reachable(monitor.route, 'warning'), critical: reachable(monitor.route, 'critical') }).toEqual(expected)
})

it('never shows what stands where a secret belongs, however short', () => {
  const locked = defineNotifier({ name: 'locked', options: z.object({ token: secret() }), create: () => ({ send: async () => delivered() }) })
  expect(compose({ watch: [], notify: { ops: locked({ token: 12345 as never }) } })).toEqual(['E103 "token" cannot be what stands there · Invalid input'])
})
