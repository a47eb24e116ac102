import { array, assert, boolean, constant, dictionary, double, integer, letrec, oneof, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { parse, stringify } from './plain-json.ts'

const key = oneof(constant('$number'), string())
const { value } = letrec((tie) => ({
  value: oneof({ depthSize: 'small' }, string(), double(), integer(), boolean(), constant(null), constant('NaN'), array(tie('value')), dictionary(key, tie('value'), { noNullPrototype: true })),
}))

it('gives back what was written', () => {
  assert(
    property(value, (written) => {
      // JSON knows one zero only.
      const read = parse(stringify(written))
      expect(JSON.stringify(read)).toBe(JSON.stringify(written))
      expect(stringify(read)).toBe(stringify(written))
    }),
  )
})

it.each([NaN, Infinity, -Infinity, [NaN, { deep: [-Infinity] }], { $number: 'NaN' }, { $number: { $number: 'Infinity', other: Infinity } }, { labels: { $number: 'of things' }, value: NaN }])('keeps %o', (written) => {
  expect(parse(stringify(written))).toEqual(written)
})

it('writes ordinary data as ordinary JSON', () => {
  expect(stringify({ a: [1, 'x', null], b: undefined })).toBe('{"a":[1,"x",null]}')
})
