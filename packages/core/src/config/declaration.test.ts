import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ConfigError, TocsinError } from '../errors.ts'
import { defineCollector } from '../plugin/define-collector.ts'
import { defineEvaluator } from '../plugin/define-evaluator.ts'
import { defineNotifier } from '../plugin/define-notifier.ts'
import { delivered } from '../plugin/delivery.ts'
import { secret } from '../secret.ts'
import { monitorJsonSchema } from './declaration.ts'
import { loadMonitor } from './load.ts'
import { reachable } from '../routing/route-tree.ts'
import type { Monitor } from './monitor.ts'

const host = defineCollector({
  name: 'host',
  // One option has the name of a metric: their paths must stay apart.
  options: z.object({ mounts: z.array(z.string()).optional(), disk: z.boolean().optional(), limits: z.record(z.string(), z.number()).optional() }),
  metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' }, disk: { unit: 'percent', worse: 'high', help: 'Disk' } },
  create: () => ({ async *collect() {} }),
})
const threshold = defineEvaluator({
  name: 'threshold',
  options: z.object({ warning: z.union([z.number(), z.templateLiteral([z.number(), '%'])]).optional(), critical: z.number().optional() }),
  create: ({ warning, critical }) => ({
    evaluate: () => ({ judgements: [] }),
    check: () =>
      typeof warning === 'number' && critical !== undefined && warning >= critical
        ? [new TocsinError('E112', `warning ${warning} is not below critical ${critical}`, { fix: 'swap them' })]
        : [],
  }),
})
const pager = defineNotifier({
  name: 'pager',
  options: z.object({ url: z.url(), token: secret().optional(), port: z.int().optional(), level: z.enum(['low', 'high']).optional(), pin: z.string().max(8).optional() }),
  create: () => ({ send: async () => delivered() }),
})
const faulty = defineNotifier({
  name: 'faulty',
  options: z.object({ key: z.string().transform((key): string => { throw new Error(`cannot use ${key}`) }) }),
  create: () => ({ send: async () => delivered() }),
})

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-'))
  await writeFile(join(folder, 'large'), 'x'.repeat(1024 * 1024 + 1))
  await writeFile(join(folder, 'url'), 'https://pager.example/from-file\r\n\n')
})
afterAll(() => rm(folder, { recursive: true }))

async function load(text: string, env: Record<string, string> = {}, name = 'tocsin.yaml'): Promise<Monitor> {
  await writeFile(join(folder, name), text)
  const { monitor } = await loadMonitor({ file: name, cwd: folder, env, builtins: [host, threshold, pager, faulty] })
  return monitor
}

/** Every error as it is printed. */
async function errorsOf(text: string, env?: Record<string, string>, name?: string): Promise<string[]> {
  try {
    await load(text, env, name)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(String)
    throw error
  }
}

const URL = 'https://pager.example/hook'
const ok = 'watch: [{ use: host, rules: { cpu: { critical: 90 } } }]\n'

describe('a sound declaration', () => {
  it('becomes the monitor that the program would have made', async () => {
    const monitor = await load(`
$schema: ./tocsin.schema.json
name: prod
every: 5m
labels: { team: web }
watch:
  - use: host
    mounts: [/, /var]
    rules:
      cpu: { warning: 60, critical: 80, for: 5m, summary: busy }
      disk: { use: threshold, warning: 85% }
notify:
  ops: { use: pager, url: ${URL}, sendResolved: false }
route:
  critical: [ops]
`)
    expect(monitor).toMatchObject({ name: 'prod', every: 300_000, labels: { team: 'web' }, repeatInterval: 14_400_000 })
    expect([reachable(monitor.route, 'warning'), reachable(monitor.route, 'critical')]).toEqual([[], ['ops']])
    expect(monitor).not.toHaveProperty('$schema')
    const [watch] = monitor.watch
    expect(watch?.rules.map(({ name, options }) => [name, options.for, options.summary])).toEqual([
      ['host.cpu', { warning: 300_000, critical: 300_000 }, 'busy'],
      ['host.disk', { warning: 0, critical: 0 }, undefined],
    ])
    expect(monitor.notify['ops']).toMatchObject({ use: 'pager', sendResolved: false })
    expect([watch, monitor.notify['ops']].some((made) => made?.site !== undefined)).toBe(false)
  })

  it('reads JSON, indented by tabs or not', async () => {
    const text = JSON.stringify({ watch: [{ use: 'host', rules: { cpu: { critical: 90 } } }], notify: { ops: { use: 'pager', url: URL } } }, null, '\t')
    expect((await load(text, {}, 'tocsin.json')).watch[0]?.rules[0]?.name).toBe('host.cpu')
  })

  it('may share values by anchors and merge keys', async () => {
    const monitor = await load(`
watch:
  - use: host
    rules:
      cpu: &busy { warning: 60, critical: 80, for: 5m }
      disk: { <<: *busy, for: 10m }
`)
    expect(monitor.watch[0]?.rules.map(({ options }) => options.for.critical)).toEqual([300_000, 600_000])
  })

  it('may use one anchor for hundreds of rules', async () => {
    const watch = Array.from({ length: 300 }, () => '  - { use: host, rules: { cpu: *busy } }').join('\n')
    expect((await load(`watch:\n  - { use: host, rules: { cpu: &busy { critical: 80 } } }\n${watch}`)).watch).toHaveLength(301)
  })

  it('needs nobody to tell', async () => {
    expect((await load(ok)).notify).toEqual({})
  })
})

describe('placeholders', () => {
  const revealed = (monitor: Monitor): string[] => monitor.notify['ops']?.secrets.map((one) => one.reveal()) ?? []

  it.each([
    ['${TOKEN}', { TOKEN: 'abc' }, 'abc'],
    ['a-${TOKEN}-${TOKEN}', { TOKEN: 'b' }, 'a-b-b'],
    ['${TOKEN:-none}', {}, 'none'],
    ['${TOKEN:-none}', { TOKEN: '' }, 'none'],
    ['${TOKEN:-a:-b}', {}, 'a:-b'],
    ['$${TOKEN}', { TOKEN: 'abc' }, '${TOKEN}'],
    ['$TOKEN', { TOKEN: 'abc' }, '$TOKEN'],
    ['${TOKEN}', { TOKEN: '${OTHER} $& $1' }, '${OTHER} $& $1'],
    ['${TOKEN}', { TOKEN: '0123456789' }, '0123456789'],
    ['${TOKEN}', { TOKEN: 'true' }, 'true'],
    ['${file:url}', {}, 'https://pager.example/from-file'],
    ['${file:./url}#x', {}, 'https://pager.example/from-file#x'],
  ])('reads %s as it should', async (token, env, expected) => {
    expect(revealed(await load(`${ok}notify: { ops: { use: pager, url: "${URL}", token: "${token}" } }`, env))).toEqual([expected])
    expect(revealed(await load(`${ok}notify:\n  ops:\n    use: pager\n    url: ${URL}\n    token: ${token}`, env))).toEqual([expected])
  })

  it('stand for numbers and booleans where the schema takes no text', async () => {
    const text = (quote: string): string => `
errorFor: ${quote}\${N}${quote}
watch:
  - use: host
    disk: ${quote}\${ON}${quote}
    limits: { any: "\${LIMIT}" }
    rules:
      cpu:
        warning: ${quote}\${SHARE}${quote}
        critical: ${quote}\${LIMIT:-90.5}${quote}
notify:
  ops: { use: pager, url: "${URL}", port: "\${N}", sendResolved: "\${ON}", pin: "\${N}" }
`
    for (const quote of ['', '"', "'"]) {
      const monitor = await load(text(quote), { N: '7', ON: 'false', SHARE: '60%', LIMIT: '1e2' })
      expect([monitor.errorFor, monitor.notify['ops']?.sendResolved]).toEqual([7, false])
    }
  })

  it('leave a literal text alone, and a placeholder with other text around', async () => {
    const text = `errorFor: "5"\nstaleAfter: "\${N}0"\n${ok}`
    expect(await errorsOf(text, { N: '1' })).toEqual([
      'E103 "errorFor" cannot be "5" · tocsin.yaml:1:11 · expected number, received string',
      'E103 "staleAfter" cannot be ${N}0 · tocsin.yaml:2:13 · expected number, received string',
    ])
  })

  it('are all reported when they fail, at their own column, beside everything else', async () => {
    const text = `
name: \${NAME} \${OTHER:-x}
evry: 5m
watch: [{ use: host, rules: { cpu: { critical: "\${LIMIT}", for: 5min } } }]
notify:
  a: { use: pager, url: "x\${URL}/\${ID}" }
  b: { use: pager, url: "\${file:nothing}", token: "\${file:.}" }
  c: { use: pager, url: "\${ssm:/url}", token: "\${vault:id}", chanel: "\${NONE}" }
  d: { use: pager, url: "\${", token: "\${a b}" }
  e: { use: pager, url: "\${constructor}", token: "\${file:large}" }
`
    expect(await errorsOf(text, { URL: '' })).toEqual([
      'E109 environment variable NAME is not set · tocsin.yaml:2:7 · set it, or write ${NAME:-default}',
      'E102 unknown key "evry" · tocsin.yaml:3:1 · did you mean "every"?',
      'E109 environment variable LIMIT is not set · tocsin.yaml:4:49 · set it, or write ${LIMIT:-default}',
      'E104 "for" is not a duration: "5min" · tocsin.yaml:4:65 · write a number and ms, s, m, h, d or w: "5m"',
      'E109 environment variable URL is empty · tocsin.yaml:6:27 · set it, or write ${URL:-default}',
      'E109 environment variable ID is not set · tocsin.yaml:6:34 · set it, or write ${ID:-default}',
      expect.stringMatching(/^E110 file "nothing" cannot be read: ENOENT.* · tocsin\.yaml:7:26 · check the path/),
      'E110 file "." cannot be read: not a file · tocsin.yaml:7:52 · check the path, from the folder of the configuration, and its permissions',
      'E107 placeholders read from "ssm" with the package @tocsin/aws, which is not installed · tocsin.yaml:8:26 · run "npm install @tocsin/aws"',
      'E103 placeholders cannot read from "vault" · tocsin.yaml:8:48 · write ${NAME}, ${NAME:-default}, ${file:path}, ${ssm:/path} or ${secretsmanager:id}; $${ for a plain ${',
      'E102 unknown key "chanel" · tocsin.yaml:8:62 · known: url, token, port, level, pin, sendResolved',
      'E109 environment variable NONE is not set · tocsin.yaml:8:71 · set it, or write ${NONE:-default}',
      'E103 a placeholder is malformed · tocsin.yaml:9:26 · write ${NAME}, ${NAME:-default}, ${file:path}, ${ssm:/path} or ${secretsmanager:id}; $${ for a plain ${',
      'E103 a placeholder is malformed · tocsin.yaml:9:39 · write ${NAME}, ${NAME:-default}, ${file:path}, ${ssm:/path} or ${secretsmanager:id}; $${ for a plain ${',
      'E109 environment variable constructor is not set · tocsin.yaml:10:26 · set it, or write ${constructor:-default}',
      'E110 file "large" cannot be read: larger than 1048576 bytes · tocsin.yaml:10:51 · check the path, from the folder of the configuration, and its permissions',
    ])
  })

  it('never show what they hold', async () => {
    const text = `
every: \${A}
timeZone: \${LONG}
errorFor: \${A}
watch:
  - { use: "\${A}", rules: {} }
  - { use: host, mounts: "\${A}", rules: { cpu: { critical: "\${A}" }, disk: { use: "\${A}" } } }
  - { use: host, rules: { cpu: { warning: "\${NINETY}", critical: 80 } } }
notify:
  a: { use: pager, url: "\${A}", level: "\${A}", port: "\${NINETY}\${B}", pin: "\${LONG}" }
  b: { use: pager, url: "x\${B}", token: "\${NO:-}" }
  c: { use: faulty, key: "\${LONG}" }
  d: { use: "./\${LONG}" }
route: { warning: ["\${A}"], critical: ["\${B}"] }
`
    const env = { A: 'hunter2', B: 'xyz', LONG: 'correct horse battery', NINETY: '90' }
    const errors = await errorsOf(text, env)
    expect(errors).toEqual([
      'E104 "every" is not a duration: ${A} · tocsin.yaml:2:8 · write a number and ms, s, m, h, d or w: "5m"',
      'E103 "timeZone" cannot be ${LONG} · tocsin.yaml:3:11 · an IANA zone such as "Europe/Berlin"',
      'E103 "errorFor" cannot be ${A} · tocsin.yaml:4:11 · expected number, received string',
      'E107 unknown collector ${A} · tocsin.yaml:6:12 · known: host or run "npm install @tocsin/collector-${A}"',
      'E103 "mounts" cannot be ${A} · tocsin.yaml:7:26 · expected array, received string',
      'E103 "critical" cannot be ${A} · tocsin.yaml:7:60 · expected number, received string',
      'E107 unknown evaluator ${A} · tocsin.yaml:7:83 · known: threshold or run "npm install @tocsin/evaluator-${A}"',
      'E112 warning ${NINETY} is not below critical 80 · tocsin.yaml:8:27 · swap them',
      'E103 "url" cannot be ${A} · tocsin.yaml:10:25 · Invalid URL',
      'E103 "level" cannot be ${A} · tocsin.yaml:10:40 · Invalid option: expected one of "low"|"high"',
      'E103 "port" cannot be ${NINETY}${B} · tocsin.yaml:10:54 · expected number, received string',
      'E103 "pin" cannot be ${LONG} · tocsin.yaml:10:76 · Too big: expected string to have <=8 characters',
      'E103 "url" cannot be x${B} · tocsin.yaml:11:25 · Invalid URL',
      'E103 "token" cannot be ${NO:-} · tocsin.yaml:11:41 · Too small: expected string to have >=1 characters',
      'E108 cannot use ${LONG} · tocsin.yaml:12:13 · the notifier "faulty" fails on its own options: tell its author',
      'E107 no notifier at ./${LONG} · tocsin.yaml:13:13 · a path is relative to the folder of the configuration',
      'E106 unknown notifier ${A} · tocsin.yaml:14:20 · known: a, b, c, d',
      'E106 unknown notifier ${B} · tocsin.yaml:14:40 · known: a, b, c, d',
    ])
    for (const value of Object.values(env)) expect(errors.join('\n')).not.toContain(value)
  })
})

const laughs = Array.from({ length: 24 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`).join('\n')

describe('a broken declaration', () => {
  it.each<[string, string, string[]]>([
    ['an empty file', '', ['E103 the configuration is empty · tocsin.yaml:1:1 · write settings by name, such as "watch:" and "notify:"']],
    ['comments only', '# soon\n', ['E103 the configuration is empty · tocsin.yaml:1:1 · write settings by name, such as "watch:" and "notify:"']],
    ['a list', '- use: host', ['E103 the configuration cannot be a list · tocsin.yaml:1:1 · write settings by name, such as "watch:" and "notify:"']],
    ['a text', 'hello', ['E103 the configuration cannot be a string · tocsin.yaml:1:1 · write settings by name, such as "watch:" and "notify:"']],
    ['no watch', 'every: 5m', ['E103 "watch" is missing · tocsin.yaml:1:1 · add it: expected array, received undefined']],
    ['an empty watch', 'every: 5m\nwatch:\n', ['E103 "watch" cannot be null · tocsin.yaml:2:1 · expected array, received null']],
    [
      'entries of the wrong kind',
      'watch: [host, { rules: {} }, { use: host }, { use: 7, rules: [] }]\nnotify: [console]',
      [
        'E103 "watch[0]" holds no options · tocsin.yaml:1:9 · write them by name: { use: ..., ... }',
        'E103 "use" is missing · tocsin.yaml:1:15 · add it: expected string, received undefined',
        'E103 "rules" is missing · tocsin.yaml:1:30 · add it: expected record, received undefined',
        'E103 "use" cannot be 7 · tocsin.yaml:1:52 · expected string, received number',
        'E103 "rules" cannot be a list · tocsin.yaml:1:55 · expected record, received array',
        'E103 "notify" cannot be a list · tocsin.yaml:2:1 · expected record, received array',
      ],
    ],
    [
      'everything at once, in the order of the file',
      `schedule: every day
route: { critical: [opps], fatal: [] }
watch:
  - use: host
    mount: [/]
    disk: "yes"
    rules:
      cpuu: { critical: 90 }
      cpu: { critical: high, for: { critcal: 5m } }
      disk: 90
  - use: hots
    rules:
      cpu: { use: treshold }
      disk:
        use: threshold
        critical: 80
        warning: 90
        runbook: here
notify:
  ops:
    use: pager
    url: nowhere
    sendResolved: maybe
  more: {}
logs: { level: warn }
log:
  level: verbose
`,
      [
        'E106 unknown notifier "opps" · tocsin.yaml:2:21 · did you mean "ops"?',
        expect.stringMatching(/^E102 unknown key "fatal" · tocsin\.yaml:2:28 · known: warning, critical/),
        'E102 unknown key "mount" · tocsin.yaml:5:5 · did you mean "mounts"?',
        'E103 "disk" cannot be "yes" · tocsin.yaml:6:11 · expected boolean, received string',
        'E101 unknown metric "cpuu" of host · tocsin.yaml:8:7 · did you mean "cpu"?',
        'E103 "critical" cannot be "high" · tocsin.yaml:9:24 · expected number, received string',
        'E102 unknown key "critcal" · tocsin.yaml:9:37 · did you mean "critical"?',
        'E103 "disk" holds no options · tocsin.yaml:10:13 · write them by name: { use: ..., ... }',
        'E107 unknown collector "hots" · tocsin.yaml:11:10 · did you mean "host"? or run "npm install @tocsin/collector-hots"',
        'E107 unknown evaluator "treshold" · tocsin.yaml:13:19 · did you mean "threshold"? or run "npm install @tocsin/evaluator-treshold"',
        'E103 "runbook" cannot be "here" · tocsin.yaml:18:18 · Invalid URL',
        'E103 "url" cannot be "nowhere" · tocsin.yaml:22:10 · Invalid URL',
        'E103 "sendResolved" cannot be "maybe" · tocsin.yaml:23:19 · expected boolean, received string',
        'E103 "use" is missing · tocsin.yaml:24:3 · add it: expected string, received undefined',
        'E102 unknown key "logs" · tocsin.yaml:25:1 · did you mean "log"?',
        'E103 "level" cannot be "verbose" · tocsin.yaml:27:10 · Invalid option: expected one of "debug"|"info"|"warn"|"error"',
      ],
    ],
    ['contradicting lines, at the key of the rule', `watch:\n  - use: host\n    rules:\n      cpu: { warning: 90, critical: 80 }`, ['E112 warning 90 is not below critical 80 · tocsin.yaml:4:7 · swap them']],
    ['a cron pattern', `schedule: every day\n${ok}`, ['E103 "schedule" is not a cron pattern · tocsin.yaml:1:11 · write five fields: "*/5 * * * *"']],
    [
      'a mistake behind an anchor and one behind a merge key, where they are written',
      `watch:\n  - use: host\n    rules:\n      cpu: &busy { critical: high, fro: 5m }\n  - use: host\n    rules: { disk: { <<: *busy, critical: 5 } }`,
      [
        'E103 "critical" cannot be "high" · tocsin.yaml:4:30 · expected number, received string',
        'E102 unknown key "fro" · tocsin.yaml:4:36 · did you mean "for"?',
        'E102 unknown key "fro" · tocsin.yaml:4:36 · did you mean "for"?',
      ],
    ],
    ['keys that stand twice', `every: 5m\nevery: 6m\n${ok}"every": 7m`, ['E111 the key "every" stands twice · tocsin.yaml:2:1 · keep one of the two', 'E111 the key "every" stands twice · tocsin.yaml:4:1 · keep one of the two']],
    ['a tab', 'watch:\n\t- use: host', ['E111 a tab cannot indent YAML · tocsin.yaml:2:1 · indent with spaces']],
    ['an unknown tag', `${ok}name: !env NAME`, ['E111 the tag !env is not known · tocsin.yaml:2:7 · leave the tag out']],
    ['two documents', `${ok}---\nevery: 5m`, ['E111 the file holds several documents · tocsin.yaml:2:1 · keep one, without "---" between']],
    ['an open quote', 'name: "x\nwatch: []', ['E111 the file cannot be parsed: Missing closing "quote · tocsin.yaml:2:10 · look at the quotes, brackets and indentation here and just before']],
    ['a placeholder without quotes in a flow map', 'watch: [{ use: host, rules: { cpu: { critical: ${LIMIT} } } }]', ['E111 a placeholder stands without quotes · tocsin.yaml:1:49 · between { } and [ ] write it in quotes: "${NAME}"']],
    ['an anchor that is nowhere', 'watch: *all', ['E111 the anchor "all" is not defined before its use, or contains itself · tocsin.yaml:1:8 · write "&all" on an earlier value']],
    ['an anchor inside itself', 'watch: &all [{ use: host, rules: {}, more: *all }]', ['E111 the anchor "all" is not defined before its use, or contains itself · tocsin.yaml:1:44 · write "&all" on an earlier value']],
    ['a merge of what is no map', `${ok}log: { <<: [1] }`, ['E111 the anchors cannot be expanded: Merge sources must be maps or map aliases · tocsin.yaml:1:1 · write the values out']],
    [
      'a billion laughs',
      `a0: &a0 [ha, ha]\n${laughs}`,
      ['E111 the anchors cannot be expanded: Excessive alias count indicates a resource exhaustion attack · tocsin.yaml:1:1 · write the values out'],
    ],
    ['endless nesting', `watch: ${'['.repeat(100_000)}`, [expect.stringMatching(/^E111 the values are nested too deeply · tocsin\.yaml:1:\d+ · write them flatter$/)]],
    ['a name that no package has', 'watch: [{ use: "a b", rules: {} }]', ['E107 "a b" cannot name a collector · tocsin.yaml:1:16 · write a name such as "ec2", a package, or a path that begins with "./"']],
    [
      'a plugin of another kind, and one that is none',
      'watch: [{ use: ./tocsin.yaml, rules: {} }]\nnotify: { a: { use: threshold }, b: { use: ./none.ts } }',
      [
        expect.stringMatching(/^E108 collector "\.\/tocsin\.yaml" cannot be loaded: .* · tocsin\.yaml:1:16 · install it again, or tell its author$/s),
        'E107 unknown notifier "threshold" · tocsin.yaml:2:21 · known: console, file, pager, faulty or run "npm install @tocsin/notifier-threshold"',
        'E107 no notifier at "./none.ts" · tocsin.yaml:2:44 · a path is relative to the folder of the configuration',
      ],
    ],
    ['a key that is dangerous in JavaScript', `${ok}__proto__: { every: 5m }`, ['E102 unknown key "__proto__" · tocsin.yaml:2:1 · known: name, formerly, every, schedule, timeZone, labels, route, groupBy, groupWait, groupInterval, repeatInterval, steps, muteWindows, inhibit, resolveThroughMute, composites, compat, outageTolerance, seriesLimit, errorFor, staleAfter, collectTimeout, sendTimeout, concurrency, log, history, state, watch, notify, record, reports']],
  ])('%s', async (_name, text, errors) => {
    expect(await errorsOf(text)).toEqual(errors)
  })

  it('is told in JSON by its own positions', async () => {
    expect(await errorsOf('{\n\t"evry": "5m",\n\t"watch": [{ "use": "host", "rules": { "cpuu": {} } }]\n}', {}, 'tocsin.json')).toEqual([
      'E102 unknown key "evry" · tocsin.json:2:2 · did you mean "every"?',
      'E101 unknown metric "cpuu" of host · tocsin.json:3:40 · did you mean "cpu"?',
    ])
    expect(await errorsOf('{ "every": "5m"\n  "watch": [] }', {}, 'tocsin.json')).toEqual([expect.stringMatching(/^E111 the file cannot be parsed: .* · tocsin\.json:\d:\d+ · /)])
  })
})

it('has a JSON Schema that takes what the loader takes', () => {
  const { properties, required } = monitorJsonSchema()
  expect(required).toEqual(['watch'])
  expect(Object.keys(properties ?? {})).toEqual(expect.arrayContaining(['$schema', 'watch', 'notify', 'every', 'route']))
  expect(properties?.['errorFor']).toMatchObject({ anyOf: [{ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }, { type: 'string', pattern: String.raw`^\$\{.*\}$` }], default: 3 })
  expect(properties?.['errorFor']).toMatchObject({ description: expect.stringMatching(/^Cycles that a source may fail/) })
  expect(properties?.['every']).toMatchObject({ type: 'string', title: 'duration' })
  expect(properties?.['watch']).toMatchObject({ items: { required: ['use', 'rules'], properties: { rules: { additionalProperties: { properties: { use: { default: 'threshold' } } } } } } })
})
