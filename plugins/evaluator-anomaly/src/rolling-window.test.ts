import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { Memory } from './memory.ts'
import { RollingWindow } from './rolling-window.ts'

it('has the mean and the variance of the last numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 }), fc.integer({ min: 2, max: 12 }), (numbers, length) => {
      const window = new RollingWindow(new Memory(), length)
      for (const [index, number] of numbers.entries()) {
        window.add(number)
        const last = numbers.slice(Math.max(0, index + 1 - length), index + 1)
        const mean = last.reduce((sum, one) => sum + one, 0) / last.length
        expect(window.mean).toBeCloseTo(mean, 6)
        expect(window.variance / 1e6).toBeCloseTo(last.reduce((sum, one) => sum + (one - mean) ** 2, 0) / last.length / 1e6, 4)
      }
    }),
  )
})

it('does not gather errors', () => {
  const window = new RollingWindow(new Memory(), 10)
  for (let index = 0; index < 100_000; index++) window.add(index % 1_000 === 0 ? 1e12 : 5)
  for (let index = 0; index < 20; index++) window.add(5)
  expect(window.mean).toBe(5)
  expect(window.variance).toBe(0)
})
