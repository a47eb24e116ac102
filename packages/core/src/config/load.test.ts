import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

// Each test starts a process, which a busy machine makes slow.
vi.setConfig({ testTimeout: 30_000 })

// A program is imported by Node itself, so these tests run the loader in a Node of its own, from the sources, as the CLI does.
const CORE = fileURLToPath(new URL('../..', import.meta.url))
const RUNNER = `
import { writeFile } from 'node:fs/promises'
import { loadMonitor } from ${JSON.stringify(new URL('./load.ts', import.meta.url).href)}
const at = (index) => ({ resource: { id: 'a', type: 't', name: 'a', tags: {} }, metric: 'depth', period: 60e3, timestamps: Float64Array.of(0), values: Float64Array.of(index), settledUntil: 60e3, status: 'complete' })
const plain = ({ watch, notify, ...rest }) => ({
  ...rest,
  watch: watch.map(({ collector, metrics, rules, problems }) => ({
    collector, metrics, problems,
    rules: rules.map(({ evaluator, ...rule }) => ({ ...rule, judged: [5, 50].flatMap((value) => [...evaluator.evaluate(at(value), { metric: rule.metric }).judgements]) })),
  })),
  notify: Object.fromEntries(Object.entries(notify).map(([name, { use, sendResolved, secrets }]) => [name, { use, sendResolved, secrets: secrets.map((one) => one.reveal()) }])),
})
const results = []
for (const { write = {}, ...options } of JSON.parse(process.argv[1])) {
  for (const [file, text] of Object.entries(write)) await writeFile(file, text)
  try {
    const { monitor, file } = await loadMonitor(options)
    results.push({ file, monitor: plain(monitor) })
  } catch (error) {
    results.push({ errors: error.name === 'ConfigError' ? error.problems.map(String) : [error.name === 'TocsinError' ? String(error) : error.stack] })
  }
}
console.log(JSON.stringify(results))
`

interface Step {
  readonly file?: string
  readonly cwd: string
  readonly from?: string
  readonly env?: Record<string, string>
  readonly write?: Record<string, string>
}
interface Result {
  readonly file?: string
  readonly monitor?: { readonly name: string; readonly every: number; readonly watch: readonly { readonly collector: string; readonly metrics: object }[]; readonly notify: object }
  readonly errors?: readonly string[]
}

/** Loads one after the other in one process. */
async function loadAll(...steps: Step[]): Promise<Result[]> {
  const args = ['--conditions=source', '--input-type=module', '--eval', RUNNER, JSON.stringify(steps)]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env: { PATH: process.env['PATH'], HOME: home, XDG_CONFIG_HOME: join(home, 'config') } })
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Result[]
}

const plugin = (body: string): Record<string, string> => ({ 'package.json': '{ "type": "module", "exports": { "import": "./index.js" } }', 'index.js': body })
const QUEUE = `
import { defineCollector } from '@tocsin/core'
export const queue = defineCollector({
  name: 'queue',
  metrics: { depth: { unit: 'count', worse: 'high', help: 'Messages waiting' }, age: { unit: 'seconds', worse: 'high', help: 'Age of the oldest' } },
  create: () => ({ async *collect() {} }),
})
export default queue`
const THRESHOLD = `
import { defineEvaluator } from '@tocsin/core'
import { z } from 'zod'
export const threshold = defineEvaluator({
  name: 'threshold',
  options: z.object({ warning: z.number().optional(), critical: z.number() }),
  create: ({ critical }) => ({
    evaluate: ({ timestamps, values }) => ({ judgements: Array.from(values, (value, i) => ({ at: timestamps[i], value, breaches: value > critical ? 'critical' : 'none', reason: '> ' + critical })) }),
  }),
})
export default threshold`
const PAGER = `
import { defineNotifier, delivered, secret } from '@tocsin/core'
import { z } from 'zod'
export const pager = defineNotifier({ name: 'pager', options: z.object({ token: secret(), urls: z.array(z.url()).optional() }), create: () => ({ send: async () => delivered() }) })
export default pager`

let folder = ''
let home = ''
const at = (...parts: string[]): string => join(folder, ...parts)

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(at(name)), { recursive: true })
    await writeFile(at(name), text)
  }
}
const under = (base: string, files: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(files).map(([name, text]) => [join(base, name), text]))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-load-'))
  home = at('home')
  await put({
    'package.json': '{ "type": "module" }',
    ...under('node_modules/@tocsin/collector-queue', plugin(QUEUE)),
    ...under('node_modules/@tocsin/evaluator-threshold', plugin(THRESHOLD)),
    ...under('node_modules/tocsin-plugin-pager', plugin(PAGER)),
  })
  await symlink(CORE, at('node_modules/@tocsin/core'))
  await symlink(join(CORE, 'node_modules/zod'), at('node_modules/zod'))
})
afterAll(() => rm(folder, { recursive: true }))

const IMPORTS = `import { defineMonitor } from '@tocsin/core'
import queue from '@tocsin/collector-queue'
import threshold from '@tocsin/evaluator-threshold'
import pager from 'tocsin-plugin-pager'
`

describe('a program', () => {
  it('gives the monitor that YAML and JSON give', async () => {
    const rules = { depth: { warning: 5, critical: 10, for: '5m', labels: { team: 'web' } }, age: { critical: 60 } }
    const declared = { name: 'prod', every: '5m', watch: [{ use: 'queue', rules }], notify: { ops: { use: 'pager', token: '${TOKEN}', sendResolved: false } }, route: { critical: ['ops'] } }
    await put({
      'same/tocsin.config.ts': `${IMPORTS}
const team: string = 'web'
export default defineMonitor({
  name: 'prod', every: '5m',
  watch: [queue({ depth: threshold({ warning: 5, critical: 10, for: '5m', labels: { team } }), age: threshold({ critical: 60 }) })],
  notify: { ops: pager({ token: 'hush', sendResolved: false }) },
  route: { critical: ['ops'] },
})`,
      'same/promised.mjs': `export default import('./tocsin.config.ts').then((module) => module.default)`,
      'same/tocsin.json': JSON.stringify(declared),
      'same/tocsin.yaml': `
name: prod
every: 5m
watch:
  - use: queue
    rules:
      depth: { warning: 5, critical: 10, for: 5m, labels: { team: web } }
      age: { use: threshold, critical: 60 }
notify: { ops: { use: pager, token: "\${TOKEN}", sendResolved: false } }
route: { critical: [ops] }
`,
    })
    const cwd = at('same')
    const [program, ...others] = await loadAll(...['tocsin.config.ts', 'promised.mjs', 'tocsin.json', 'tocsin.yaml'].map((file) => ({ file, cwd, env: { TOKEN: 'hush' } })))
    expect(program).toMatchObject({ file: at('same/tocsin.config.ts'), monitor: { name: 'prod', every: 300_000, notify: { ops: { secrets: ['hush'] } }, watch: [{ collector: 'queue', rules: [{ judged: [{ breaches: 'none' }, { breaches: 'critical' }] }, {}] }] } })
    for (const other of others) expect(other.monitor).toEqual(program?.monitor)
  })

  it('is shown its mistakes at the keys', async () => {
    await put({
      'bad/tocsin.config.ts': `${IMPORTS}import { shared } from './shared.ts'

export default defineMonitor({
  // cpuu: in a comment, 'depht' in a text
  name: 'depht: {', evry: '5m',
  watch: [
    queue({ depht: threshold({ critical: 1 }) }), queue({ age: threshold({ critical: 5 }), "depth": threshold({ for: '5min', critical: \`x\`, labels: { critical: 7 as never } }) }),
    shared,
    queue as never,
  ],
  notify: { ops: pager({ urls: ['https://a.example', 'nowhere'], token: '' }), mail: pager({ tokn: 'x' } as never) },
  route: { warning: ['ops'], critical: ['mail', 'opps' as never] },
})`,
      'bad/shared.ts': `${IMPORTS}const critical = 'much' as never
export const shared = queue({
  age: threshold({ critical }),
})`,
      'bad/other.ts': 'export default 7',
      'bad/spec.mjs': 'export default { watch: [], notify: {} }',
      'bad/named.mjs': 'export const monitor = {}',
    })
    const cwd = at('bad')
    const [mistakes, other, spec, named] = await loadAll({ cwd }, { cwd, file: 'other.ts' }, { cwd: folder, file: 'bad/spec.mjs' }, { cwd, file: 'named.mjs' })
    expect(mistakes?.errors).toEqual([
      'E103 "name" cannot be "depht: {" · tocsin.config.ts:9:3 · a name of letters, digits, dots, dashes and underscores',
      'E102 unknown key "evry" · tocsin.config.ts:9:21 · did you mean "every"?',
      'E101 unknown metric "depht" of queue · tocsin.config.ts:11:13 · did you mean "depth"?',
      'E104 "for" is not a duration: "5min" · tocsin.config.ts:11:113 · write a number and ms, s, m, h, d or w: "5m"',
      'E103 "critical" cannot be "x" · tocsin.config.ts:11:126 · expected number, received string',
      'E103 "critical" cannot be 7 · tocsin.config.ts:11:151 · expected string, received number',
      'E103 "3" cannot be function · tocsin.config.ts:13:5 · expected a call of a collector: "host({ ... })"',
      'E103 "1" cannot be "nowhere" · tocsin.config.ts:15:54 · Invalid URL',
      expect.stringMatching(/^E103 "token" cannot be .* · tocsin\.config\.ts:15:66 · /),
      expect.stringMatching(/^E103 "token" .* · tocsin\.config\.ts:15:86 · /),
      'E102 unknown key "tokn" · tocsin.config.ts:15:94 · did you mean "token"?',
      'E106 unknown notifier "opps" · tocsin.config.ts:16:49 · did you mean "ops"?',
      'E103 "critical" cannot be "much" · shared.ts:7:20 · expected number, received string',
    ])
    const fix = 'write "export default defineMonitor({ ... })"'
    expect([other?.errors, spec?.errors, named?.errors]).toEqual([
      [`E103 the default export is not a monitor · other.ts · ${fix}`],
      [`E103 the default export is not a monitor · bad/spec.mjs · ${fix}`],
      [`E103 the default export is not a monitor · named.mjs · ${fix}`],
    ])
  })

  it('is told where it fails', async () => {
    await put({
      'fail/throws.ts': `const read = (): never => {\n  throw new Error('no disk')\n}\nexport default read()`,
      'fail/reader.ts': `export const read = (): never => {\n  throw new Error('no disk')\n}`,
      'fail/calls.ts': `import { read } from './reader.ts'\n\nexport default read()`,
      'fail/rejects.mjs': `export default Promise.reject(new TypeError('late'))`,
      'fail/text.mjs': `throw 'a text'`,
      'fail/outside.ts': `export { default } from './throws.ts'`,
      'fail/types.ts': `const a: number = 1\nexport default { a: 1 b: 2 }`,
      'fail/script.mjs': `const a = 1\n\nexport default { a: 1 b: 2 }`,
      'fail/enum.ts': `enum Level { low }\nexport default Level`,
      'fail/name.ts': `import { z } from 'zod'\nimport { none } from './throws.ts'\nexport default none`,
      'fail/package.ts': `import { z } from 'zod'\nimport ec2 from '@tocsin/collector-ec2/sub'\nexport default ec2`,
      'fail/path.ts': `export { a } from './nothing.ts'`,
      'fail/deep.ts': `import './path.ts'`,
    })
    const files = ['throws.ts', 'calls.ts', 'rejects.mjs', 'text.mjs', 'outside.ts', 'types.ts', 'script.mjs', 'enum.ts', 'name.ts', 'package.ts', 'path.ts', 'deep.ts']
    const results = await loadAll(...files.map((file) => ({ cwd: at('fail'), file })))
    expect(results.flatMap(({ errors }) => errors ?? ['loaded'])).toEqual([
      'E113 no disk · throws.ts:2:9 · correct the program there',
      'E113 no disk · calls.ts:3:16 · correct the program there',
      'E113 late · rejects.mjs:1:31 · correct the program there',
      'E113 a text · text.mjs · correct the program there',
      'E113 no disk · throws.ts:2:9 · correct the program there',
      expect.stringMatching(/^E111 the file cannot be parsed: .* · types\.ts:2:23 · correct it there or just before$/),
      expect.stringMatching(/^E111 the file cannot be parsed: .* · script\.mjs:3:23 · correct it there or just before$/),
      expect.stringMatching(/^E111 the file cannot be parsed: .*enum is not supported.* · enum\.ts:1:1 · correct it there or just before$/),
      expect.stringMatching(/^E111 the file cannot be parsed: .*'none'.* · name\.ts:2:10 · correct it there or just before$/),
      'E113 "@tocsin/collector-ec2/sub" cannot be imported · package.ts:2:17 · run "npm install @tocsin/collector-ec2"',
      'E113 "./nothing.ts" cannot be imported · path.ts:1:19 · check the path',
      expect.stringMatching(/^E113 ".*nothing\.ts" cannot be imported · deep\.ts · check the path, or install the package$/),
    ])
  })
})

describe('the search', () => {
  it('takes the nearest file upward, programs first, and an empty one for a mistake', async () => {
    const declared = (name: string): string => `name: ${name}\nwatch: []`
    await put({
      'search/tocsin.yaml': declared('top'),
      'search/a/b/c/note': '',
      'search/rc/.tocsinrc': declared('rc'),
      'search/both/tocsin.config.mjs': `import { defineMonitor } from '@tocsin/core'\nexport default defineMonitor({ name: 'program', watch: [], notify: {} })`,
      'search/both/tocsin.yaml': declared('yaml'),
      'search/json/.tocsinrc.json': '{ "name": "json", "watch": [] }',
      'search/empty/tocsin.yml': '\n',
      'search/stop/package.json': '{ "name": "stop" }',
    })
    const results = await loadAll(...['a/b/c', 'rc', 'both', 'json', 'empty', 'stop'].map((name) => ({ cwd: at('search', name) })))
    expect(results.map(({ monitor, errors }) => monitor?.name ?? errors)).toEqual(['top', 'rc', 'program', 'json', [expect.stringContaining('E103 the configuration is empty · tocsin.yml:1:1')], 'top'])
  })

  it('says that there is none, or that the file named cannot be read', async () => {
    await mkdir(at('none'))
    const [none, missing, directory] = await loadAll({ cwd: at('none') }, { cwd: at('none'), file: 'my.yaml' }, { cwd: folder, file: 'none' })
    expect(none?.errors).toEqual([`E100 no configuration found · ${at('none')} and above · run "tocsin init", or name the file with --config`])
    expect(missing?.errors?.[0]).toMatch(/^E100 the configuration cannot be read: ENOENT.* · my\.yaml · check the path and its permissions$/)
    expect(directory?.errors?.[0]).toMatch(/^E100 the configuration cannot be read: EISDIR.* · none · /)
  })

  it('ends with the configuration of the user', async () => {
    await put({ 'home/config/tocsin/config.yaml': 'name: mine\nwatch: []' })
    const [found] = await loadAll({ cwd: at('none') })
    await rm(at('home/config'), { recursive: true })
    expect(found?.monitor?.name).toBe('mine')
  })
})

describe('a reload', () => {
  it('sees what has changed, in files that the program imports, too, and keeps nothing of a failure', async () => {
    await put({ 'reload/package.json': '{ "type": "module" }' })
    const cwd = at('reload')
    const program = (name: string): string => `${IMPORTS}import { rules } from './rules.ts'\nexport default defineMonitor({ name: '${name}', watch: [queue(rules)], notify: {} })`
    const rules = (metric: string): string => `import threshold from '@tocsin/evaluator-threshold'\nexport const rules = { ${metric}: threshold({ critical: 1 }) }`
    const config = at('reload/tocsin.config.ts')
    const [one, two, broken, three] = await loadAll(
      { cwd, write: { [config]: program('one'), [at('reload/rules.ts')]: rules('depth') } },
      { cwd, write: { [config]: program('two') } },
      { cwd, write: { [at('reload/rules.ts')]: rules('deep') } },
      { cwd, write: { [at('reload/rules.ts')]: rules('age') } },
    )
    expect([one?.monitor?.name, two?.monitor?.name]).toEqual(['one', 'two'])
    expect(broken?.errors).toEqual(['E101 unknown metric "deep" of queue · tocsin.config.ts:6:53 · known: depth, age'])
    expect(three?.monitor?.watch).toMatchObject([{ rules: [{ name: 'queue.age' }] }])
  })

  it('leaves packages as they were first loaded', async () => {
    await put({
      ...under('node_modules/counter', { ...plugin(`import './state.js'\nexport const state = () => import('./state.js')`), 'state.js': 'let count = 0\nexport const next = () => ++count' }),
      'reload/counts.mjs': `import { defineMonitor } from '@tocsin/core'\nimport { state } from 'counter'\nexport default defineMonitor({ name: 'load-' + (await state()).next(), watch: [], notify: {} })`,
    })
    const results = await loadAll({ cwd: at('reload'), file: 'counts.mjs' }, { cwd: at('reload'), file: 'counts.mjs' })
    expect(results.map(({ monitor }) => monitor?.name)).toEqual(['load-1', 'load-2'])
  })

  it('sees a declaration and the plugins at its paths', async () => {
    const cwd = at('reload')
    const declared = 'watch: [{ use: ./local.ts, rules: {} }, { use: ./local.ts, rules: {} }]'
    const local = (metric: string): string => QUEUE.replaceAll('depth', metric)
    const [one, two] = await loadAll(
      { cwd, file: 'local.yaml', write: { [at('reload/local.yaml')]: declared, [at('reload/local.ts')]: local('length') } },
      { cwd, file: 'local.yaml', write: { [at('reload/local.ts')]: local('width') } },
    )
    expect([one, two].map((result) => result?.monitor?.watch.map(({ metrics }) => Object.keys(metrics)[0]))).toEqual([['length', 'length'], ['width', 'width']])
  })
})

describe('`use`', () => {
  it('finds packages by every name, the nearest first, with the conditions of import', async () => {
    const named = (name: string): Record<string, string> => plugin(QUEUE.replace(`name: 'queue'`, `name: '${name}'`))
    await put({
      ...under('use/node_modules/@tocsin/collector-near', named('near')),
      ...under('use/node_modules/tocsin-plugin-other', named('other')),
      ...under('use/node_modules/@acme/tocsin-plugin-lake', named('lake')),
      ...under('use/node_modules/@acme/pond', named('pond')),
      ...under('use/node_modules/@tocsin/collector-queue', named('nearest')),
      ...under('program/node_modules/@tocsin/collector-brought', named('brought')),
      'use/tocsin.yaml': `watch: [${['near', 'other', 'tocsin-plugin-other', '@acme/lake', '@acme/tocsin-plugin-lake', '@acme/pond', '@tocsin/collector-near', 'queue', 'brought'].map((use) => `{ use: "${use}", rules: {} }`).join(', ')}]`,
      'use/source.yaml': 'watch: [{ use: source, rules: {} }]',
      ...under('use/node_modules/@tocsin/collector-source', { ...named('built'), 'package.json': '{ "type": "module", "exports": { "source": "./source.js", "default": "./index.js" } }', 'source.js': named('from-source')['index.js'] ?? '' }),
    })
    await symlink(CORE, at('use/node_modules/@tocsin/core'))
    const from = pathToFileURL(at('program/main.js')).href
    const [found, source, lost] = await loadAll({ cwd: at('use'), from }, { cwd: at('use'), file: 'source.yaml' }, { cwd: at('use') })
    expect(found?.monitor?.watch.map(({ collector }) => collector)).toEqual(['near', 'other', 'other', 'lake', 'lake', 'pond', 'near', 'nearest', 'brought'])
    expect(source?.monitor?.watch.map(({ collector }) => collector)).toEqual(['from-source'])
    expect(lost?.errors).toEqual(['E107 unknown collector "brought" · tocsin.yaml:1:307 · known: near, other, pager, queue, source or run "npm install @tocsin/collector-brought"'])
  })

  it('refuses what is not the plugin that is wanted', async () => {
    await put({
      'wrong/tocsin.yaml': `watch:
  - { use: ./pager.js, rules: {} }
  - { use: ./old.js, rules: {} }
  - { use: ./none.js, rules: {} }
  - { use: ./named.js, rules: {} }
  - { use: ./throws.js, rules: {} }
  - { use: shut, rules: {} }
  - { use: unbuilt, rules: {} }
  - { use: queu, rules: {} }
  - { use: "@acme/queue", rules: {} }
notify:
  a: { use: consol }
`,
      'wrong/pager.js': PAGER,
      'wrong/old.js': `export default Object.assign(() => {}, { plugin: { kind: 'collector', name: 'old', apiVersion: 2 } })`,
      'wrong/none.js': 'export default () => {}',
      'wrong/named.js': QUEUE.replace('export default queue', ''),
      'wrong/throws.js': `throw new Error('no licence')`,
      ...under('wrong/node_modules/tocsin-plugin-shut', { 'package.json': '{ "exports": { "./sub": "./x.js" } }' }),
      ...under('wrong/node_modules/tocsin-plugin-unbuilt', { 'package.json': '{ "exports": "./dist/index.js" }' }),
    })
    const [result] = await loadAll({ cwd: at('wrong') })
    expect(result?.errors).toEqual([
      'E108 "./pager.js" is a plugin of kind "notifier" · tocsin.yaml:2:12 · a collector is wanted here',
      'E108 "./old.js" is made for version 2 of the plugin API, this is version 1 · tocsin.yaml:3:12 · install the version of it that fits',
      'E108 "./none.js" does not export a plugin as its default · tocsin.yaml:4:12 · export default defineCollector({ ... })',
      'E108 "./named.js" does not export a plugin as its default · tocsin.yaml:5:12 · export default defineCollector({ ... })',
      'E108 collector "./throws.js" cannot be loaded: no licence · tocsin.yaml:6:12 · install it again, or tell its author',
      expect.stringMatching(/^E108 package tocsin-plugin-shut cannot be imported: .*ERR_PACKAGE_PATH_NOT_EXPORTED.* · tocsin\.yaml:7:12 · /),
      expect.stringMatching(/^E108 collector "unbuilt" cannot be loaded: .*ERR_MODULE_NOT_FOUND.* · tocsin\.yaml:8:12 · /),
      'E107 unknown collector "queu" · tocsin.yaml:9:12 · did you mean "queue"? or run "npm install @tocsin/collector-queu"',
      'E107 unknown collector "@acme/queue" · tocsin.yaml:10:12 · known: pager, queue, shut, unbuilt or run "npm install @acme/tocsin-plugin-queue"',
      'E107 unknown notifier "consol" · tocsin.yaml:12:13 · did you mean "console"? or run "npm install @tocsin/notifier-consol"',
    ])
  })

  it('finds the notifiers of this package', async () => {
    await put({ 'own/tocsin.yaml': 'watch: []\nnotify: { a: { use: console }, b: { use: file, path: x.log } }' })
    const [result] = await loadAll({ cwd: at('own') })
    expect(result?.monitor?.notify).toMatchObject({ a: { use: 'console' }, b: { use: 'file' } })
  })
})
