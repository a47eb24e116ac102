import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadMonitor } from './load.ts'
import { valueSourceFinder } from './find-value-source.ts'

// Vitest would resolve modules in its own way, so what is imported here has no imports of its own.
let folder = ''
const at = (name: string): string => join(folder, name)
async function install(place: string, module: string, exported = './secrets'): Promise<void> {
  const home = at(`${place}/node_modules/@tocsin/aws`)
  await mkdir(home, { recursive: true })
  await writeFile(join(home, 'package.json'), JSON.stringify({ type: 'module', exports: { [exported]: './secrets.js' } }))
  await writeFile(join(home, 'secrets.js'), module)
}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-sources-'))
  const source = (by: string): string => `{ read: async () => '${by}', permissions: () => [] }`
  await install('near', `export const valueSources = { ssm: ${source('near')} }`)
  await install('far', `export const valueSources = { ssm: ${source('far')} }`)
  await install('old', 'export const something = 1', '.')
  await install('broken', `throw new Error('no licence')`)
  await mkdir(at('bare'))
})
afterAll(() => rm(folder, { recursive: true }))

const find = (scheme: string, places: readonly string[], given = {}) =>
  valueSourceFinder(places.map((place) => pathToFileURL(at(`${place}/tocsin.yaml`)).href), given)(scheme)
    .then((source) => source?.read('x', { services: {} as never, signal: AbortSignal.abort() }))
    .catch(String)

it('takes what is given, then the package, the nearest first', async () => {
  expect(await find('ssm', ['bare', 'near', 'far'])).toBe('near')
  expect(await find('ssm', ['near'], { ssm: { read: async () => 'given', permissions: () => [] } })).toBe('given')
  expect([await find('vault', ['near']), await find('constructor', ['near'])]).toEqual([undefined, undefined])
})

it('says what is wrong with the package', async () => {
  expect(await find('secretsmanager', ['near'])).toBe('E108 package @tocsin/aws brings no source "secretsmanager" · install a version of @tocsin/aws that fits')
  expect(await find('ssm', ['bare'])).toBe('E107 placeholders read from "ssm" with the package @tocsin/aws, which is not installed · run "npm install @tocsin/aws"')
  expect(await find('ssm', ['old'])).toMatch(/^E108 package @tocsin\/aws\/secrets cannot be imported: .*ERR_PACKAGE_PATH_NOT_EXPORTED/)
  expect(await find('ssm', ['broken'])).toBe('E108 package @tocsin/aws cannot be loaded: no licence · install a version of @tocsin/aws that fits')
})

it('fills in a declaration: each value once, hidden in errors, at its place when it does not come', async () => {
  const asked: string[] = []
  const read: string[] = []
  const sources = {
    vault: {
      read: async (name: string) => {
        read.push(name)
        return name === 'gone' ? Promise.reject(new Error('sealed')) : `canary-${name}`
      },
      permissions: () => [],
    },
  }
  await writeFile(at('tocsin.yaml'), 'name: ${vault:name}\nwatch: []\nnotify:\n  a: { use: file, path: "/tmp/${vault:path}" }\n  b: { use: file, path: "${vault:path}" }\n')
  const { monitor } = await loadMonitor({ cwd: folder, sources, onAsk: ({ value }) => asked.push(value) })
  expect(monitor.name).toBe('canary-name')
  expect([asked, read]).toEqual([['vault:name', 'vault:path'], ['name', 'path']])
  const text = 'name: m\nevery: ${vault:every}\nerrorFor: ${vault:gone}\nwatch: []\nnotify: { a: { use: "${vault:use}" } }\n'
  const failed: unknown = await loadMonitor({ cwd: folder, text, sources }).catch((error: unknown) => error)
  expect(String(failed).split('\n')).toEqual([
    expect.stringMatching(/^ConfigError: E104 "every" is not a duration: \$\{vault:every\} · tocsin\.yaml:2:8 · /),
    'E110 sealed · tocsin.yaml:3:11 · check what the placeholder names',
    expect.stringMatching(/^E107 .*\$\{vault:use\}.* · tocsin\.yaml:5:21 · /),
  ])
  expect(String(failed)).not.toContain('canary')
})
