import { expect, it } from 'vitest'
import { TocsinError } from '../errors.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { valueReader } from './value-reader.ts'
import type { ValueSource } from './value-source.ts'

const source = (read: ValueSource['read']): ValueSource => ({ read, permissions: (name) => [{ action: 'vault:Read', resources: [name], reason: 'read' }] })

it('asks once for each value, for all at once, and says so first', async () => {
  const told: string[] = []
  const waiting: (() => void)[] = []
  const vault = source((name) => new Promise((resolve) => {
    told.push(`read ${name}`)
    waiting.push(() => resolve(`value of ${name}`))
  }))
  const reader = valueReader({ sourceOf: async () => vault, onAsk: ({ value, permissions }) => told.push(`ask ${value} ${permissions[0]?.resources.join()}`) })
  const read = Promise.all([reader.read('vault', 'a'), reader.read('vault', 'b'), reader.read('vault', 'a')])
  await expect.poll(() => waiting.length).toBe(2)
  for (const answer of waiting) answer()
  expect(await read).toEqual(['value of a', 'value of b', 'value of a'])
  expect(told).toEqual(['ask vault:a a', 'read a', 'ask vault:b b', 'read b'])
  await reader.close()
})

it('waits ten seconds for all of them, and lets go', async () => {
  const clock = new FakeClock()
  let signal: AbortSignal | undefined
  const reader = valueReader({ sourceOf: async () => source((_name, context) => {
    signal = context.signal
    return new Promise(() => {})
  }), onAsk: () => {}, clock })
  const failed = reader.read('vault', 'a').catch((error: unknown) => error)
  await clock.advance(9_999)
  expect(signal?.aborted).toBe(false)
  await clock.advance(1)
  expect(String(await failed)).toBe('E205 no value came within 10 seconds · check the network, proxy and endpoint, then try again')
  expect(signal?.aborted).toBe(true)
  await reader.close()
  expect(clock.sleeping).toBe(0)
})

it('leaves no timer behind, and closes what its sources share', async () => {
  const clock = new FakeClock()
  const closed: string[] = []
  const key = { name: 'session', create: () => 'session', close: async (one: string) => void closed.push(one) }
  const reader = valueReader({ sourceOf: async () => source(async (_name, { services }) => services.shared(key)), onAsk: () => {}, clock })
  expect(await reader.read('vault', 'a')).toBe('session')
  expect(clock.sleeping).toBe(1)
  await reader.close()
  expect([clock.sleeping, closed]).toEqual([0, ['session']])
})

it('gives errors a code', async () => {
  const own = new TocsinError('E201', 'access denied: vault:Read', { fix: 'allow it' })
  const reader = valueReader({
    sourceOf: async (scheme) => (scheme === 'vault' ? source(async (name) => Promise.reject(name === 'own' ? own : new Error('sealed'))) : undefined),
    onAsk: () => {},
  })
  const errorOf = (scheme: string, name: string) => reader.read(scheme, name).then(() => 'none', String)
  expect(await errorOf('vault', 'own')).toBe('E201 access denied: vault:Read · allow it')
  expect(await errorOf('vault', 'other')).toBe('E110 sealed · check what the placeholder names')
  expect(await errorOf('valt', 'own')).toMatch(/^E103 placeholders cannot read from "valt" · /)
  await reader.close()
})
