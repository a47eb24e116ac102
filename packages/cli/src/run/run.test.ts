import { createHash } from 'node:crypto'
import { defineCollector, defineMonitor } from '@tocsin/core'
import { expect, it } from 'vitest'
import { checkOnly, intervalOf, withInterval } from './choose.ts'
import { statePlace } from './state-path.ts'
import { deliveryProblem, troubles } from './trouble.ts'
import { aCycle } from '../testing/builders.ts'

const fake = defineCollector({ name: 'fake', metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' } }, create: () => ({ async *collect() {} }) })
const monitor = defineMonitor({ name: 'web', schedule: '*/5 * * * *', watch: [fake({})], notify: {} })

it.each([
  ['300', 300_000],
  ['1.5', 1_500],
  ['5m', 300_000],
  ['1s', 1_000],
])('reads the interval %s as %i ms', (text, ms) => {
  expect(intervalOf(text)).toBe(ms)
})

it.each(['', '0', '0.5', '999ms', '-5', '5 m', 'soon', '1e3'])('refuses the interval "%s"', (text) => {
  expect(() => intervalOf(text)).toThrow(`--interval cannot be "${text}"`)
})

it('lets an interval replace a schedule', () => {
  expect(withInterval(monitor, undefined)).toBe(monitor)
  expect(withInterval(monitor, '300')).toMatchObject({ every: 300_000 })
  expect(withInterval(monitor, '300')).not.toHaveProperty('schedule')
})

it('knows the collectors of the monitor', () => {
  expect(() => checkOnly(monitor, ['fake'])).not.toThrow()
  expect(() => checkOnly(monitor, ['fake', 'ec2'])).toThrow('no collector "ec2"')
})

it.each([
  [{ XDG_STATE_HOME: '/var/state', HOME: '/home/me' }, undefined, '/var/state/tocsin/web-HASH.sqlite'],
  [{ HOME: '/home/me' }, undefined, '/home/me/.local/state/tocsin/web-HASH.sqlite'],
  [{ XDG_STATE_HOME: 'relative', HOME: '/home/me' }, undefined, '/home/me/.local/state/tocsin/web-HASH.sqlite'],
  [{ XDG_STATE_HOME: '/var/state' }, 'here.sqlite', '/etc/tocsin/here.sqlite'],
  [{}, '/srv/state.sqlite', '/srv/state.sqlite'],
  [{}, 'postgres://me:hidden-word@db.internal:5433/tocsin?sslmode=require', 'postgres://db.internal:5433/tocsin'],
  [{}, 'postgresql://me:hidden-word@db.internal/tocsin', 'postgres://db.internal/tocsin'],
])('keeps state with %j and "state" %s in %s', (env, state, path) => {
  const hash = createHash('sha256').update('/etc/tocsin/tocsin.yaml').digest('hex').slice(0, 8)
  expect(statePlace({ name: 'web', state }, '/etc/tocsin/tocsin.yaml', env).shown).toBe(path.replace('HASH', hash))
})

const report = { receiver: 'ops', key: 'k', reason: 'first', title: 'RED web-3', attempt: 1, givenUp: false } as const

it('counts a message as undelivered by its last attempt only', () => {
  const refused = { ...report, key: 'other', givenUp: true, result: { outcome: 'permanent', reason: '410 gone' } } as const
  const deliveries = [{ ...report, result: { outcome: 'retryable', reason: '503' } }, { ...report, attempt: 2, result: { outcome: 'delivered' } }, refused] as const
  expect(troubles(aCycle({ deliveries }))).toEqual([deliveryProblem(refused)])
  expect(deliveryProblem(refused)).toEqual({ code: 'E301', what: 'ops was not told "RED web-3": 410 gone', where: 'notify.ops', fix: 'repair the channel, then: tocsin test-notify ops' })
})
