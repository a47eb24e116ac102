import { expect, it } from 'vitest'
import { quietLine } from './quiet-line.ts'

it.each([
  ['between the highest peak and the next', [[81, 40, 85, 40, 97]], 80, 'high', { line: 85, fires: 1 }],
  ['as close to the present one as fires once', [[81, 40, 81.5, 40, 84.6, 97]], 80, 'high', { line: 82, fires: 1 }],
  ['below it where low is worse', [[9e9, 4e10, 5e9, 4e10, 1e9]], 1e10, 'low', { line: 5e9, fires: 1 }],
  ['over several machines', [[85, 40, 90], [40, 92, 40, 88]], 80, 'high', { line: 90, fires: 1 }],
  ['hours in a row are one firing', [[85, 86, 95, 40, 84]], 80, 'high', { line: 84, fires: 1 }],
  ['a gap ends a firing', [[85, NaN, 86]], 80, 'high', { line: 85, fires: 1 }],
] as const)('is %s', (_what, series, from, worse, expected) => {
  expect(quietLine(series, { from, worse })).toEqual(expected)
})

it('is none where no other line fires once', () => {
  expect(quietLine([[95, 40, 95]], { from: 80, worse: 'high' })).toBeUndefined()
  expect(quietLine([[40, NaN]], { from: 80, worse: 'high' })).toBeUndefined()
  expect(quietLine([[Infinity, 40, Infinity]], { from: 80, worse: 'high' })).toBeUndefined()
})
