import { expect, it } from 'vitest'
import { EXAMPLES, PACKAGES, PLUGINS, read, sources } from './workspace.ts'

const all = [...PACKAGES.map((path) => `${path}/src`), ...PLUGINS.map((path) => `${path}/src`), ...EXAMPLES, 'test'].flatMap(sources)

/** Lines of code, without what stands in comments and texts. */
const lines = all.flatMap((path) =>
  read(path)
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ''))
    .split('\n')
    .map((line, index) => ({ place: `${path}:${index + 1}`, code: line.replaceAll(/'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/.*$/g, "''") })),
)
const placesOf = (pattern: RegExp): string[] => lines.filter(({ code }) => pattern.test(code)).map(({ place }) => place)

it('nothing has the type any', () => {
  expect(lines.length).toBeGreaterThan(20_000)
  expect(placesOf(/(?::|\bas|<|\||,|=>)\s*any\b(?!\s*[(.'])|\bany\[\]/)).toEqual([])
})

it('no check is switched off by a comment', () => {
  const off = ['@ts-ignore', '@ts-nocheck', 'eslint-disable', 'oxlint-disable']
  expect(all.filter((path) => path !== 'test/conventions/code.test.ts' && off.some((one) => read(path).includes(one)))).toEqual([])
})

it('no test is left out but for a reason that it names', () => {
  const kept = /\b(it|test|describe)\.(only|todo|skip)\(/
  expect(placesOf(kept)).toEqual([])
})

it('the README lists every plugin that there is, and no other', () => {
  const listed = [...read('README.md').matchAll(/\]\((plugins\/[\w-]+)\)/g)].map(([, path]) => path ?? '')
  expect([...new Set(listed)].toSorted()).toEqual(PLUGINS.toSorted())
})

it('ARCHITECTURE lists every package that there is, and no other', () => {
  const listed = [...read('ARCHITECTURE.md').matchAll(/^\| `(packages\/[\w-]+)` \|/gm)].map(([, path]) => path ?? '')
  expect(listed.toSorted()).toEqual(PACKAGES.toSorted())
})
