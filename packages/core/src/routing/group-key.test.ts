import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupKey, groupLabels } from './group-key.ts'

describe('groupKey', () => {
  it.each([
    ['the root, all in one group', [], [], { a: '1' }, '/{}'],
    ['a route deep down', [0, 2], ['a'], { a: '1', b: '2' }, '/0/2{a="1"}'],
    ['names in their order, whatever order they are given in', [1], ['b', 'a'], { a: '1', b: '2' }, '/1{a="1",b="2"}'],
    ['a missing label', [], ['a'], {}, '/{a=""}'],
    ['an empty label', [], ['a'], { a: '' }, '/{a=""}'],
    ['all labels', [3], ['...'], { b: '2', a: '1' }, '/3{a="1",b="2"}'],
    ['all labels, of which one is empty', [3], ['...'], { b: '', a: '1' }, '/3{a="1"}'],
    ['a label twice', [], ['a', 'a'], { a: '1' }, '/{a="1"}'],
    ['names that look like numbers', [], ['a', '10', '9'], { 9: 'x', 10: 'y', a: 'z' }, '/{"9"="x","10"="y",a="z"}'],
    ['names and values with signs in them', [], ['a b'], { 'a b': '1",c="2' }, '/{"a b"="1\\",c=\\"2"}'],
    ['a label that every object has', [], ['constructor', 'toString'], {}, '/{constructor="",toString=""}'],
  ])('%s', (_what, path, groupBy, labels, expected) => {
    expect(groupKey(path, groupBy, labels)).toBe(expected)
  })

  it('is the same for the same values and another for others', () => {
    const labels = fc.dictionary(fc.constantFrom('a', 'b', 'a"', '="', ','), fc.constantFrom('', '1', '",b="1', '}', '/'))
    const seen = new Map<string, string>()
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 3 }), labels, (path, one) => {
        const identity = JSON.stringify([path, Object.entries(groupLabels(['...'], one))])
        const key = groupKey(path, ['...'], one)
        expect(seen.get(key) ?? identity).toBe(identity)
        seen.set(key, identity)
        expect(groupKey(path, ['...'], Object.fromEntries(Object.entries(one).toReversed()))).toBe(key)
      }),
    )
  })
})

it('gives the labels that a group has in common', () => {
  expect(groupLabels(['b', 'c'], { a: '1', b: '2' })).toEqual({ b: '2', c: '' })
  expect(groupLabels(['...'], { a: '1', b: '' })).toEqual({ a: '1' })
})
