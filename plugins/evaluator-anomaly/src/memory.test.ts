import { expect, it } from 'vitest'
import { Memory } from './memory.ts'

function filled(): { memory: Memory; numbers: Float64Array; counts: Float32Array } {
  const memory = new Memory()
  return { memory, numbers: memory.numbers(3), counts: memory.counts(2) }
}

it('gives back what was written, bit for bit', () => {
  const one = filled()
  one.numbers.set([0.1, -0, Number.MIN_VALUE])
  one.counts.set([1.5, Infinity])
  const other = filled()
  expect(other.memory.read(one.memory.write())).toBe(true)
  expect([...other.numbers, ...other.counts]).toEqual([0.1, -0, Number.MIN_VALUE, 1.5, Infinity])
  expect(other.memory.write()).toBe(one.memory.write())
})

it('takes nothing of another layout', () => {
  const longer = new Memory()
  longer.numbers(5).fill(7)
  const { memory, numbers, counts } = filled()
  for (const text of [longer.write(), '', 'no base64 at all', longer.write().slice(0, 20)]) {
    expect(memory.read(text)).toBe(false)
    expect([...numbers, ...counts]).toEqual([0, 0, 0, 0, 0])
  }
})
