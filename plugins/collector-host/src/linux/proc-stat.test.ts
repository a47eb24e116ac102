import { expect, it } from 'vitest'
import { parseProcStat } from './proc-stat.ts'

it('counts all but idle and iowait as busy, and guests only once', () => {
  // user nice system idle iowait irq softirq steal guest guest_nice
  const text = `cpu  1000 20 300 5000 400 5 6 70 800 10
cpu0 500 10 150 2500 200 3 3 35 400 5
cpu1 500 10 150 2500 200 2 3 35 400 5
intr 2347 0 9 0
ctxt 99
btime 1767610000
processes 8382
`
  expect(parseProcStat(text)).toEqual({ busy: 1401, total: 6801, cpus: 2 })
})

it('reads an old kernel without steal and guest columns', () => {
  expect(parseProcStat('cpu  10 0 5 85\ncpu0 10 0 5 85\n')).toEqual({ busy: 15, total: 100, cpus: 1 })
})

it('reads a machine of many CPUs, some of them offline', () => {
  const online = Array.from({ length: 512 }, (_, cpu) => cpu).filter((cpu) => cpu % 4 !== 3)
  const text = `cpu  ${'18446744073709 '.repeat(10).trim()}\n${online.map((cpu) => `cpu${cpu} 1 0 1 98 0 0 0 0 0 0`).join('\n')}\nintr 1\n`
  expect(parseProcStat(text)).toMatchObject({ cpus: 384, total: 8 * 18446744073709 })
})

it.each(['', 'cpu', 'cpu  a b c d\ncpu0 1 2 3 4', 'cpu  1 2 3\ncpu0 1 2 3', 'cpu  1 2 3 4\n', 'btime 1767610000\n'])('refuses %j', (text) => {
  expect(parseProcStat(text)).toBeUndefined()
})
