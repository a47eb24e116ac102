import { execFile } from 'node:child_process'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { EXAMPLES, exists, isTest, PACKAGES, PLUGINS, read, ROOT, sources } from './workspace.ts'

const SECTIONS: Readonly<Record<string, readonly string[]>> = { collector: ['Metrics'], evaluator: ['Judgements'], notifier: ['Message'], recorder: ['Documents', 'Items'], report: ['Report'] }
const kindOf = (plugin: string): string => plugin.split('/')[1]?.split('-')[0] ?? ''
const manifest = z.object({ name: z.string(), version: z.string(), license: z.string().optional(), exports: z.unknown().optional(), scripts: z.record(z.string(), z.string()).optional() })

describe.each(PLUGINS)('%s', (plugin) => {
  const readme = read(`${plugin}/README.md`)

  it('has the files that every plugin has', () => {
    expect(['package.json', 'tsconfig.json', 'README.md', 'sample.yaml', 'src/index.ts'].filter((file) => !exists(`${plugin}/${file}`))).toEqual([])
  })

  it('has the headings that every plugin has, in their order', () => {
    const headings = [...readme.matchAll(/^##? (.+)$/gm)].map(([, heading]) => heading)
    const { name } = manifest.parse(JSON.parse(read(`${plugin}/package.json`)))
    const section = SECTIONS[kindOf(plugin)]?.find((one) => headings.includes(one))
    expect(headings).toEqual([name, 'Configuration', section, 'Permissions', 'Example output'])
  })

  it('shows its sample configuration as it is', () => {
    expect(readme).toContain(`\`\`\`yaml\n${read(`${plugin}/sample.yaml`).trimEnd()}\n\`\`\``)
  })

  it('runs the contract suite of its kind', () => {
    const tests = sources(`${plugin}/src`).filter(isTest).map(read).join('\n')
    expect(tests).toMatch(new RegExp(`\\b${kindOf(plugin)}Contract\\(`))
  })

  it('is named after its folder', () => {
    expect(manifest.parse(JSON.parse(read(`${plugin}/package.json`))).name).toBe(`@tocsin/${plugin.slice('plugins/'.length)}`)
  })
})

describe.each(PACKAGES)('%s', (path) => {
  it('has the files that every package has', () => {
    expect(['package.json', 'tsconfig.json', 'README.md', 'src/index.ts'].filter((file) => !exists(`${path}/${file}`))).toEqual([])
  })
})

it('every source file is type-checked', { timeout: 60_000 }, async () => {
  const { stdout } = await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), ['-p', ROOT, '--listFilesOnly'], { maxBuffer: 64 * 1024 * 1024 })
  const checked = new Set(stdout.split('\n').map((path) => relative(ROOT, path)))
  expect([...PACKAGES.map((path) => `${path}/src`), ...PLUGINS.map((path) => `${path}/src`), ...EXAMPLES, 'test'].flatMap(sources).filter((path) => !checked.has(path))).toEqual([])
})

it('no source file is longer than 300 lines', () => {
  const long = [...PACKAGES, ...PLUGINS, ...EXAMPLES, 'test']
    .flatMap(sources)
    .filter((path) => !isTest(path) && read(path).split('\n').length > 301)
  expect(long).toEqual([])
})

it('the plugins of the examples are under 30 lines', () => {
  const plugins = sources('examples/custom-plugins/src').filter((path) => !isTest(path))
  expect(plugins.length).toBe(5)
  expect(plugins.filter((path) => read(path).trimEnd().split('\n').length >= 30)).toEqual([])
})
