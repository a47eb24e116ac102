import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { imports, isTest, packageOf, PACKAGES, PLUGINS, read, sources } from './workspace.ts'

const CORE = 'packages/core/src'
/** A folder of core may import those of a lower layer, and itself. Files beside the folders are the lowest, or the highest. */
const LAYERS: readonly (readonly string[])[] = [
  ['clock', 'errors', 'exclusively', 'log', 'one-line', 'plain-json', 'random', 'secret', 'model'],
  ['plugin', 'document'],
  ['services'],
  ['message', 'alerting', 'recording'],
  ['routing'],
  ['notifiers'],
  ['config'],
  ['store'],
  ['delivery', 'operate'],
  ['runner'],
  ['container'],
  ['reload'],
  ['run', 'test-notify', 'diagnose', 'report', 'backtest'],
  ['testing', 'index'],
]
const layerOf = (path: string): number => {
  const part = path.slice(CORE.length + 1).split('/')[0]?.replace(/\.ts$/, '') ?? ''
  return LAYERS.findIndex((parts) => parts.includes(part))
}
const coreSources = sources(CORE).filter((path) => !isTest(path))

describe('core', () => {
  it('has every part in a layer', () => {
    expect(coreSources.filter((path) => layerOf(path) === -1)).toEqual([])
  })

  it('imports in one direction', () => {
    const wrong = coreSources.flatMap((path) =>
      imports(path)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => posix.join(posix.dirname(path), specifier))
        .filter((target) => layerOf(target) > layerOf(path))
        .map((target) => `${path} -> ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('knows no plugin and no SDK', () => {
    // The tests of the loader load what a user would: real plugins, by name.
    const foreign = coreSources.flatMap((path) => imports(path).filter((name) => name.startsWith('@tocsin/') || name.startsWith('@aws-sdk/')).map((name) => `${path} imports ${name}`))
    expect(foreign).toEqual([])
  })

  it('takes time, chance and the network from outside', () => {
    const direct = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|(?<![.\w])fetch\(|(?<![.\w])set(Timeout|Interval)\(/
    const allowed = [`${CORE}/clock.ts`, `${CORE}/random.ts`]
    const lines = coreSources
      .filter((path) => !allowed.includes(path))
      .flatMap((path) => read(path).split('\n').map((line, index) => ({ place: `${path}:${index + 1}`, line })))
      .filter(({ line }) => direct.test(line) && !/^\s*(\*|\/\/)/.test(line))
    expect(lines.map(({ place }) => place)).toEqual([])
  })

  it.each([
    ['bottleneck', [`${CORE}/services/rate-limit.ts`]],
    ['tsyringe', [`${CORE}/container/container.ts`, `${CORE}/container/tokens.ts`]],
    ['reflect-metadata', [`${CORE}/container/container.ts`]],
  ])('alone imports %s, in one place', (name, allowed) => {
    const everywhere = [...PACKAGES, ...PLUGINS].flatMap(sources)
    expect(everywhere.filter((path) => imports(path).some((specifier) => packageOf(specifier) === name))).toEqual(allowed)
  })
})

describe('a plugin', () => {
  it.each(PLUGINS)('%s imports core, and aws, and no other plugin', (plugin) => {
    const foreign = sources(plugin)
      .filter((path) => !isTest(path))
      .flatMap((path) => imports(path).filter((name) => name.startsWith('@tocsin/') && !['@tocsin/core', '@tocsin/aws'].includes(name)).map((name) => `${path} imports ${name}`))
    expect(foreign).toEqual([])
  })
})

it('nothing but tests imports the tools for tests', () => {
  const wrong = [...PACKAGES, ...PLUGINS]
    .filter((path) => path !== 'packages/dev-tools')
    .flatMap(sources)
    .filter((path) => !isTest(path) && imports(path).some((name) => ['@tocsin/dev-tools', '@tocsin/core/testing', 'vitest'].includes(name)))
  expect(wrong).toEqual([])
})
