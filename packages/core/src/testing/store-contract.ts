import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newAlert } from '../alerting/reducer.ts'
import type { GroupEntry } from '../model/group.ts'
import type { Transition } from '../model/transition.ts'
import type { Handling } from '../routing/handling.ts'
import type { Silence } from '../routing/silence.ts'
import type { Store, Transaction } from '../store/store.ts'
import { aSubject } from './builders.ts'
import { aDecision, decisionContract } from './decision-contract.ts'
import { aQueuedRow, outboxContract } from './outbox-contract.ts'

const M = 'main'
const group = (id: string): GroupEntry => ({ id, monitor: M, receiver: 'ops', key: id, firing: { f1: { level: 'critical', episodeId: 'e1', fires: 1 } }, resolved: [], muted: [], at: 1, thread: 't', sequence: 1 })
const event = (at: number, fingerprint = 'f1', monitor = M): Transition => ({ fingerprint, monitor, at, kind: 'fired', from: 'none', to: 'critical', value: Infinity, code: 'enoughHot', reason: '> 80%' })

/** What every store must keep. `open` gives an empty store; call it inside a test file. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`${name} keeps the store contract`, () => {
    let store: Store
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())
    const tx = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => store.transaction(work)
    const row = aQueuedRow

    it('keeps everything of a transaction or nothing', async () => {
      await tx((t) => t.groups.put({ id: 'kept', monitor: M, value: group('kept') }, 0))
      await expect(
        tx(async (t) => {
          await t.groups.put({ id: 'lost', monitor: M, value: group('lost') }, 0)
          await t.groups.remove('kept', 1)
          await t.events.append([event(1)])
          await t.decisions.append([aDecision()])
          await t.standings.put({ id: 'lost', monitor: M, value: { receiver: 'ops', key: '/{}', alerts: {} } }, 0)
          await t.outbox.enqueue(row('lost'))
          await t.leases.acquire({ name: 'l', owner: 'a', now: 0, until: 10 })
          throw new Error('in the middle')
        }),
      ).rejects.toThrow('in the middle')
      const left = await tx(async (t) => ({
        groups: (await t.groups.list(M)).map(({ id }) => id),
        events: await t.events.list({ monitor: M, limit: 9 }),
        decisions: await t.decisions.list({ monitor: M, from: 0, until: Infinity, limit: 9 }),
        standings: await t.standings.list(M),
        outbox: await t.outbox.list(M),
        lease: await t.leases.acquire({ name: 'l', owner: 'b', now: 0, until: 10 }),
      }))
      expect(left).toEqual({ groups: ['kept'], events: [], decisions: [], standings: [], outbox: [], lease: 1 })
    })

    it('never lets two transactions interleave', async () => {
      await tx((t) => t.evaluators.put({ id: 'n', monitor: M, value: 0 }, 0))
      const add = () =>
        tx(async (t) => {
          const found = await t.evaluators.get('n')
          await new Promise((resolve) => setImmediate(resolve))
          await t.evaluators.put({ id: 'n', monitor: M, value: Number(found?.value) + 1 }, found?.version ?? 0)
        })
      await Promise.all(Array.from({ length: 10 }, add))
      expect((await tx((t) => t.evaluators.get('n')))?.value).toBe(10)
    })

    it('refuses to overwrite or remove what somebody else changed', async () => {
      expect(await tx((t) => t.groups.put({ id: 'g', monitor: M, value: group('g') }, 0))).toBe(1)
      expect(await tx((t) => t.groups.put({ id: 'g', monitor: M, value: group('g') }, 1))).toBe(2)
      for (const version of [0, 1, 3]) {
        await expect(tx((t) => t.groups.put({ id: 'g', monitor: M, value: group('g') }, version))).rejects.toMatchObject({ code: 'E500' })
        await expect(tx((t) => t.groups.remove('g', version))).rejects.toMatchObject({ code: 'E500' })
      }
      await tx((t) => t.groups.remove('g', 2))
      expect(await tx((t) => t.groups.get('g'))).toBeUndefined()
    })

    it('refuses a whole transaction for one record that somebody else changed, wherever it stands', async () => {
      await tx(async (t) => {
        for (let index = 0; index < 700; index++) await t.evaluators.put({ id: `e${index}`, monitor: M, value: index }, 0)
      })
      await tx((t) => t.evaluators.put({ id: 'e650', monitor: M, value: 'theirs' }, 1))
      const writeAll = tx(async (t) => {
        for (let index = 0; index < 700; index++) await t.evaluators.put({ id: `e${index}`, monitor: M, value: -index }, 1)
        await t.events.append([event(1)])
      })
      await expect(writeAll).rejects.toMatchObject({ code: 'E500', message: 'record e650 has version 2, not 1' })
      const stored = await tx((t) => t.evaluators.list(M))
      expect(new Map(stored.map(({ id, value }) => [id, value]))).toEqual(new Map(Array.from({ length: 700 }, (_, index) => [`e${index}`, index === 650 ? 'theirs' : index])))
      expect(await tx((t) => t.events.list({ monitor: M, limit: 1 }))).toEqual([])
    })

    it('refuses to overwrite or remove what was never there', async () => {
      await expect(tx((t) => t.groups.put({ id: 'g', monitor: M, value: group('g') }, 2))).rejects.toMatchObject({ code: 'E500', message: 'record g has version 0, not 2' })
      await expect(tx((t) => t.groups.remove('g', 1))).rejects.toMatchObject({ code: 'E500', message: 'record g has version 0, not 1' })
      expect(await tx((t) => t.groups.list(M))).toEqual([])
    })

    it('sees its own writes inside a transaction', async () => {
      const seen = await tx(async (t) => {
        await t.groups.put({ id: 'g', monitor: M, value: group('g') }, 0)
        await t.groups.put({ id: 'g', monitor: M, value: group('again') }, 1)
        const second = await t.groups.get('g')
        await t.groups.remove('g', 2)
        await t.groups.put({ id: 'g', monitor: M, value: group('third') }, 0)
        await t.outbox.enqueue(row('1'))
        await t.events.append([event(1)])
        return { second, third: await t.groups.list(M), rows: (await t.outbox.list(M)).length, events: (await t.events.list({ monitor: M, limit: 9 })).length }
      })
      expect(seen).toMatchObject({ second: { value: { id: 'again' }, version: 2 }, third: [{ value: { id: 'third' }, version: 1 }], rows: 1, events: 1 })
    })

    it('gives back alerts as they were, numbers that JSON lacks included', async () => {
      const value = { subject: aSubject({ labels: { $number: 'a tag of this name', quote: "it's", emoji: '🔔' } }), state: { ...newAlert, value: NaN } }
      await tx((t) => t.alerts.put({ id: 'f', monitor: M, value }, 0))
      expect((await tx((t) => t.alerts.get('f')))?.value).toEqual(value)
      expect(value.state.lastAt).toBe(-Infinity)
    })

    it('lists the records of one monitor only', async () => {
      await tx((t) => t.evaluators.put({ id: 'a', monitor: M, value: { mean: 1.5 } }, 0))
      await tx((t) => t.evaluators.put({ id: 'b', monitor: 'other', value: {} }, 0))
      expect(await tx((t) => t.evaluators.list(M))).toEqual([{ id: 'a', monitor: M, value: { mean: 1.5 }, version: 1 }])
    })

    it('hands a record over to another monitor', async () => {
      await tx((t) => t.evaluators.put({ id: 'a', monitor: 'before', value: 1 }, 0))
      await tx((t) => t.evaluators.put({ id: 'a', monitor: M, value: 2 }, 1))
      expect(await tx((t) => t.evaluators.list('before'))).toEqual([])
      expect(await tx((t) => t.evaluators.list(M))).toEqual([{ id: 'a', monitor: M, value: 2, version: 2 }])
    })

    it('keeps what people said, how far things are, and silences, each apart from the other', async () => {
      const silence: Silence = { id: 's', matcherSets: [[{ name: 'a', type: '=', value: 'b' }]], startsAt: 1, endsAt: 2, createdBy: 'ann', comment: '', version: 1 }
      const handling: Handling = { attention: { episodeId: 'e', level: 'warning', ack: { by: 'ann', at: 1, sticky: false } }, reached: ['ops'] }
      await tx(async (t) => {
        await t.silences.put({ id: 'same', monitor: M, value: silence }, 0)
        await t.handling.put({ id: 'same', monitor: M, value: handling }, 0)
        await t.progress.put({ id: 'same', monitor: M, value: { evaluatedAt: 7 } }, 0)
      })
      const stored = await tx(async (t) => [await t.silences.list(M), await t.handling.list(M), await t.progress.list(M)])
      expect(stored.map(([one]) => one?.value)).toEqual([silence, handling, { evaluatedAt: 7 }])
    })

    it('appends events and gives the newest, oldest first', async () => {
      await tx((t) => t.events.append([event(1), event(2), event(3, 'f2'), event(4, 'f1', 'other')]))
      const times = async (filter: { fingerprint?: string; limit: number }) => (await tx((t) => t.events.list({ monitor: M, ...filter }))).map(({ at }) => at)
      expect(await times({ limit: 9 })).toEqual([1, 2, 3])
      expect(await times({ limit: 2 })).toEqual([2, 3])
      expect(await times({ fingerprint: 'f1', limit: 9 })).toEqual([1, 2])
      expect((await tx((t) => t.events.list({ monitor: M, limit: 1 })))[0]?.value).toBe(Infinity)
    })

    it('gives events up to an instant, and names the alerts that there are events of', async () => {
      await tx((t) => t.events.append([event(1, 'aa01'), event(2, 'aa02'), event(3, 'aa01'), event(4, 'ab01'), event(5, 'aa03', 'other')]))
      const until = async (filter: { fingerprint?: string; until: number; limit: number }) => (await tx((t) => t.events.list({ monitor: M, ...filter }))).map(({ at }) => at)
      expect(await until({ until: 3, limit: 9 })).toEqual([1, 2, 3])
      expect(await until({ until: 3, limit: 1 })).toEqual([3])
      expect(await until({ fingerprint: 'aa01', until: 2, limit: 9 })).toEqual([1])
      const named = (beginning: string, limit = 9) => tx((t) => t.events.fingerprints({ monitor: M, beginning, limit }))
      expect(await named('aa')).toEqual(['aa01', 'aa02'])
      expect(await named('a')).toEqual(['aa01', 'aa02', 'ab01'])
      expect(await named('a', 2)).toEqual(['aa01', 'aa02'])
      expect(await named('aa01')).toEqual(['aa01'])
      expect(await named('fake.cpu/web-1')).toEqual([])
    })

    it('forgets the oldest events of a monitor, no more than asked for', async () => {
      await tx((t) => t.events.append([event(1), event(2), event(3), event(9), event(1, 'f1', 'other')]))
      expect(await tx((t) => t.events.prune(M, 4, 2))).toBe(2)
      expect((await tx((t) => t.events.list({ monitor: M, limit: 9 }))).map(({ at }) => at)).toEqual([3, 9])
      expect(await tx((t) => t.events.prune(M, 4, 2))).toBe(1)
      expect(await tx((t) => t.events.prune(M, 4, 2))).toBe(0)
      expect((await tx((t) => t.events.list({ monitor: 'other', limit: 9 }))).length).toBe(1)
      // What comes later stands behind what is left.
      await tx((t) => t.events.append([event(5)]))
      expect((await tx((t) => t.events.list({ monitor: M, limit: 9 }))).map(({ at }) => at)).toEqual([9, 5])
    })

    it('takes no second row with an id that it has', async () => {
      await tx((t) => t.outbox.enqueue(row('1')))
      await tx((t) => t.outbox.enqueue(row('1', { queuedAt: 900 })))
      expect((await tx((t) => t.outbox.list(M))).map(({ queuedAt }) => queuedAt)).toEqual([100])
    })

    it('gives a lease to one owner at a time, with a higher fence for each new one', async () => {
      const acquire = (owner: string, now: number, over?: number) => tx((t) => t.leases.acquire({ name: 'cycle', owner, now, until: now + 10, ...(over === undefined ? {} : { over }) }))
      const holder = () => tx((t) => t.leases.holder('cycle'))
      expect(await holder()).toBeUndefined()
      expect(await acquire('a', 0)).toBe(1)
      expect(await holder()).toEqual({ owner: 'a', until: 10, fence: 1 })
      expect(await acquire('b', 5)).toBeUndefined()
      expect(await acquire('a', 5)).toBe(1)
      expect(await acquire('b', 15)).toBe(2)
      await tx((t) => t.leases.release('cycle', 'a'))
      expect(await acquire('a', 16)).toBeUndefined()
      await tx((t) => t.leases.release('cycle', 'b'))
      expect(await holder()).toEqual({ owner: 'b', until: 0, fence: 2 })
      expect(await acquire('a', 17)).toBe(3)
      // One that has run out is still its owner's while nobody else took it.
      expect(await acquire('a', 99)).toBe(3)
      // Whoever knows that the holder is dead need not wait, unless another was faster.
      expect(await acquire('b', 100, 2)).toBeUndefined()
      expect(await acquire('b', 100, 3)).toBe(4)
      expect(await acquire('c', 100, 3)).toBeUndefined()
    })

    it('says who holds a lease, whether it has run out or not', async () => {
      const confirm = (owner: string, name = 'cycle') => tx((t) => t.leases.confirm(name, owner))
      expect(await confirm('a')).toBe(false)
      for (const owner of ['a', 'b']) await tx((t) => t.leases.acquire({ name: 'cycle', owner, now: 20, until: 10 }))
      expect([await confirm('a'), await confirm('b'), await confirm('b', 'other')]).toEqual([false, true, false])
    })

    it('goes on after a transaction that failed', async () => {
      for (let round = 0; round < 3; round++) await expect(tx(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
      await tx((t) => t.events.append([event(1)]))
      expect((await tx((t) => t.events.list({ monitor: M, limit: 9 }))).length).toBe(1)
    })

    decisionContract(() => store)
    outboxContract(() => store)
  })
}
