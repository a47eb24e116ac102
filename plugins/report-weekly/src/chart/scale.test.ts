import { expect, it } from 'vitest'
import { scaleOf, shareOf } from './scale.ts'

const points = (low: number, high: number) => [{ from: 0, until: 1, low, average: (low + high) / 2, high }]

it.each([
  ['a percentage spans all of it', points(12, 47), {}, 'percent', { low: 0, high: 100, ticks: [0, 50, 100] }],
  ['a small percentage does not', points(0.5, 3), {}, 'percent', { low: 0, high: 3, ticks: [0, 1, 2, 3] }],
  ['nor one that goes beyond', points(50, 250), {}, 'percent', { low: 0, high: 300, ticks: [0, 100, 200, 300] }],
  ['values far from zero are not pressed flat', points(1_000, 1_010), {}, 'count', { low: 1_000, high: 1_010, ticks: [1_000, 1_005, 1_010] }],
  ['steps of a tenth are exact', points(0.01, 0.29), {}, 'seconds', { low: 0, high: 0.3, ticks: [0, 0.1, 0.2, 0.3] }],
  ['a line that is near is in it', points(100, 300), { critical: 480 }, 'count', { low: 0, high: 600, ticks: [0, 200, 400, 600] }],
  ['a line that is far is not', points(100, 300), { critical: 4_800 }, 'count', { low: 0, high: 300, ticks: [0, 100, 200, 300] }],
  ['negative values', points(-5, 5), {}, 'count', { low: -5, high: 5, ticks: [-5, 0, 5] }],
  ['one value', points(7, 7), {}, 'count', { low: 5, high: 10, ticks: [5, 10] }],
] as const)('%s', (_, values, lines, unit, expected) => {
  expect(scaleOf(values, lines, unit)).toEqual(expected)
})

it('places values, and what lies beyond at the edge', () => {
  const scale = { low: 0, high: 200, ticks: [] }
  expect([50, -3, 900, Infinity].map((value) => shareOf(value, scale))).toEqual([0.25, 0, 1, 1])
})
