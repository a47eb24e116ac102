import { expect, it } from 'vitest'
import { offsetOfPath } from './source-path.ts'

/** The text from the place that was found, to the end of its word. */
const found = (source: string, path: readonly PropertyKey[]): string => /^\W?\w*/.exec(source.slice(offsetOfPath(source, source.indexOf('call('), path)))?.[0] ?? ''

it.each<[string, string, readonly PropertyKey[], string]>([
  ['a key', 'call({ a: 1, b1: 2 })', ['b1'], 'b1'],
  ['a quoted key', `call({ "a": 1, 'b-c': 2 })`, ['b-c'], `'b`],
  ['a short key', 'call({ a, b })', ['b'], 'b'],
  ['a method', 'call({ a: 1, b() { return 1 } })', ['b'], 'b'],
  ['the path, not the first of the name', 'call({ x: { last: 1 }, y: { last1: 0, last: 2 } })', ['y', 'last1'], 'last1'],
  ['the least deep of a name', 'call({ inner: { key: { no: 1 } }, key: { yes: 1 } })', ['key', 'yes'], 'yes'],
  ['a key in the second argument', 'call({ a: 1 }, { rule: line({ over: 1 }) })', ['rule', 'over'], 'over'],
  ['a list item', `call({ a: [1, [2, 3], 'x4'] })`, ['a', 2], `'x4`],
  ['a key in a list item', 'call({ a: [{ k: 1 }, { k: 2, j2: 3 }] })', ['a', 1, 'j2'], 'j2'],
  ['past comments and texts', 'call({ /* k: */ a: "k: {", // k:\n b: `{ k: ${1} `, k: 5 })', ['k'], 'k'],
  ['not the word of a value', 'call({ a: k, b: f(k, k), k: 5 })', ['k'], 'k'],
  ['no argument of a call', 'call({ a: f(1, k, 2) })', ['k'], 'call'],
  ['a key behind a comment', 'call({ // first\n /* then */ k: 1 })', ['k'], 'k'],
  ['not beyond the call', 'call({ a: 1 }); other({ k: 2 })', ['k'], 'call'],
  ['not before it', 'const o = { k: 1 }; call({ j: 2 })', ['k'], 'call'],
  ['as far as it can', 'call({ a: shared, b: 2 })', ['a', 'deep', 'deeper'], 'a'],
  ['a list that is too short', 'call({ a: [1, 2] })', ['a', 5], 'a'],
  ['an empty list', 'call({ a: [] , b: [7] })', ['a', 0], 'a'],
  ['text that never ends', 'call({ a: [1, 2', ['a', 1], ' 2'],
])('finds %s', (_name, source, path, expected) => {
  expect(found(source, path).trim()).toBe(expected.trim())
})

it('finds exactly the place', () => {
  const source = 'const k = 1\ncall({ a: f(k, { k: k }), k: k })'
  expect(offsetOfPath(source, source.indexOf('call('), ['k'])).toBe(source.lastIndexOf('k: k'))
  expect(offsetOfPath(source, source.indexOf('call('), ['a', 'k'])).toBe(source.indexOf('k: k'))
})

it('stays quick on a long program', () => {
  const source = `call({ ${'a: [{ b: "x" }], '.repeat(20_000)} k: 1 })`
  const began = performance.now()
  expect(source.slice(offsetOfPath(source, 0, ['k']))).toBe('k: 1 })')
  expect(performance.now() - began).toBeLessThan(1_000)
})
