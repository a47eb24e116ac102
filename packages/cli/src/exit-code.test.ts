import { expect, it } from 'vitest'
import { EXIT, EXIT_CODES, exitCodeOf, strongest } from './exit-code.ts'

it('lists every exit code once', () => {
  expect(EXIT_CODES.map(({ code }) => code).toSorted((a, b) => a - b)).toEqual(Object.values(EXIT).toSorted((a, b) => a - b))
})

it.each([
  [[], 0],
  [[0, 10], 10],
  [[10, 3], 3],
  [[3, 11, 4], 11],
  [[3, 1], 1],
  [[1, 4], 4],
  [[11, 2], 2],
  [[2, 130], 130],
] as const)('of %j, %i wins', (codes, winner) => {
  expect(strongest(codes)).toBe(winner)
})

it.each([
  ['E100', 2],
  ['E113', 2],
  ['E600', 2],
  ['E201', 4],
  ['E202', 4],
  ['E200', 3],
  ['E207', 3],
  ['E400', 3],
  ['E300', 1],
  ['E501', 1],
  ['unexpected', 1],
])('%s ends with %i', (code, exit) => {
  expect(exitCodeOf(code)).toBe(exit)
})
