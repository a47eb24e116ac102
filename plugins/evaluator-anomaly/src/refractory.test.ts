import { expect, it } from 'vitest'
import { Memory } from './memory.ts'
import { Refractory } from './refractory.ts'

const filtered = (length: number, sigmas: readonly number[]): number[] => {
  const filter = new Refractory(new Memory(), length)
  return sigmas.map((one) => filter.filter(one))
}

it('lets the first point through, then none but those a fifth stronger, until it is over', () => {
  expect(filtered(3, [5, 5, 5.9, 4, 5])).toEqual([5, 0, 0, 0, 5])
  expect(filtered(3, [5, 6.1, 6, 6, 6, 6])).toEqual([5, 6.1, 0, 0, 0, 6])
})

it('is not begun by a point that was held back', () => {
  expect(filtered(2, [5, 5, 5, 5, 5, 5, 5])).toEqual([5, 0, 0, 5, 0, 0, 5])
})

it('lets all through when it has no length, and nothing of a point that is not unusual', () => {
  expect(filtered(0, [5, 5, 4, 0, 5])).toEqual([5, 5, 4, 0, 5])
})

it('takes what is infinitely far once', () => {
  expect(filtered(2, [Infinity, Infinity, 9, 9])).toEqual([Infinity, 0, 0, 9])
})
