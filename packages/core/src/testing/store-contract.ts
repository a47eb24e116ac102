import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GroupEntry } from '../model/group.ts'
import type { Transition } from '../model/transition.ts'
import type { Handling } from '../routing/handling.ts'
import type { Silence } from '../routing/silence.ts'
import type { Store, Transaction } from '../store/store.ts'
import { aNotification } from './builders.ts'

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
    const row = (id: string, over: { receiver?: string; key?: string; queuedAt?: number; thread?: string } = {}) => {
      const { receiver = 'ops', key = 'main/ec2.cpu', queuedAt = 100, thread = 't1' } = over
      return { id, monitor: M, receiver, key, notification: aNotification({ receiver, key, thread }), queuedAt }
    }
    const claim = (now: number, receiver = 'ops', limit = 10) => tx((t) => t.outbox.claim({ monitor: M, receiver, now, leaseUntil: now + 30, limit }))
    const waiting = async () => Object.fromEntries((await tx((t) => t.outbox.waiting(M))).map(({ receiver, dueAt }) => [receiver, dueAt]))

    it('keeps everything of a transaction or nothing', async () => {
      await tx((t) => t.groups.put({ id: 'kept', monitor: M, value: group('kept') }, 0))
      await expect(
        tx(async (t) => {
          await t.groups.put({ id: 'lost', monitor: M, value: group('lost') }, 0)
          await t.groups.remove('kept', 1)
          await t.events.append([event(1)])
          await t.outbox.enqueue(row('lost'))
          await t.leases.acquire({ name: 'l', owner: 'a', now: 0, until: 10 })
          throw new Error('in the middle')
        }),
      ).rejects.toThrow('in the middle')
      const left = await tx(async (t) => ({
        groups: (await t.groups.list(M)).map(({ id }) => id),
        events: await t.events.list({ monitor: M, limit: 9 }),
        outbox: await t.outbox.list(M),
        lease: await t.leases.acquire({ name: 'l', owner: 'b', now: 0, until: 10 }),
      }))
      expect(left).toEqual({ groups: ['kept'], events: [], outbox: [], lease: 1 })
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

    it('lists the records of one monitor only', async () => {
      await tx((t) => t.evaluators.put({ id: 'a', monitor: M, value: { mean: 1.5 } }, 0))
      await tx((t) => t.evaluators.put({ id: 'b', monitor: 'other', value: {} }, 0))
      expect(await tx((t) => t.evaluators.list(M))).toEqual([{ id: 'a', monitor: M, value: { mean: 1.5 }, version: 1 }])
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

    it('gives out the oldest unfinished notification of each key of a receiver, once', async () => {
      await tx(async (t) => {
        await t.outbox.enqueue(row('1'))
        await t.outbox.enqueue(row('2'))
        await t.outbox.enqueue(row('3', { receiver: 'mail' }))
        await t.outbox.enqueue(row('4', { key: 'main/rds.cpu', queuedAt: 500 }))
      })
      expect(await waiting()).toEqual({ ops: 100, mail: 100 })
      expect((await claim(100)).map(({ id, status, attempt }) => [id, status, attempt])).toEqual([['1', 'sending', 1]])
      expect(await claim(100)).toEqual([])
      expect(await waiting()).toEqual({ ops: 130, mail: 100 })
      await tx((t) => t.outbox.settle('1', 1, { status: 'delivered', reference: 'C1:1' }))
      expect((await claim(100)).map(({ id }) => id)).toEqual(['2'])
      expect((await claim(500)).map(({ id }) => id).sort()).toEqual(['2', '4'])
      expect((await claim(100, 'mail')).map(({ id }) => id)).toEqual(['3'])
    })

    it('gives out no more than was asked for', async () => {
      await tx(async (t) => {
        for (const id of ['1', '2', '3']) await t.outbox.enqueue(row(id, { key: id }))
      })
      expect((await claim(100, 'ops', 2)).map(({ id }) => id)).toEqual(['1', '2'])
      expect(await claim(100, 'ops', 0)).toEqual([])
    })

    it('takes no second row with an id that it has', async () => {
      await tx((t) => t.outbox.enqueue(row('1')))
      await tx((t) => t.outbox.enqueue(row('1', { queuedAt: 900 })))
      expect((await tx((t) => t.outbox.list(M))).map(({ queuedAt }) => queuedAt)).toEqual([100])
    })

    it('keeps a failed notification before those behind it until its time has come', async () => {
      await tx(async (t) => {
        await t.outbox.enqueue(row('1'))
        await t.outbox.enqueue(row('2'))
      })
      await claim(100)
      await tx((t) => t.outbox.settle('1', 1, { status: 'queued', dueAt: 200, error: '503' }))
      expect(await claim(150)).toEqual([])
      expect(await waiting()).toEqual({ ops: 200 })
      expect((await claim(200)).map(({ id, attempt, error }) => [id, attempt, error])).toEqual([['1', 2, '503']])
      await tx((t) => t.outbox.settle('1', 2, { status: 'dead', error: '404' }))
      expect((await claim(200)).map(({ id }) => id)).toEqual(['2'])
    })

    it('gives a notification whose sender died to the next, and believes only the newest attempt', async () => {
      await tx((t) => t.outbox.enqueue(row('1')))
      await claim(100)
      expect(await waiting()).toEqual({ ops: 130 })
      expect(await claim(129)).toEqual([])
      expect((await claim(130)).map(({ id, attempt }) => [id, attempt])).toEqual([['1', 2]])
      await tx((t) => t.outbox.settle('1', 1, { status: 'dead', error: 'late word of the first' }))
      expect((await tx((t) => t.outbox.list(M)))[0]?.status).toBe('sending')
    })

    it('remembers the newest reference of a thread', async () => {
      await tx(async (t) => {
        await t.outbox.enqueue(row('1'))
        await t.outbox.enqueue(row('2'))
        await t.outbox.enqueue(row('3', { thread: 't2' }))
      })
      for (const [id, reference] of [['1', 'a'], ['2', 'b'], ['3', 'c']] as const) {
        await claim(100)
        await tx((t) => t.outbox.settle(id, 1, { status: 'delivered', reference }))
      }
      expect(await tx((t) => t.outbox.reference('ops', 't1'))).toBe('b')
      expect(await tx((t) => t.outbox.reference('mail', 't1'))).toBeUndefined()
    })

    it('forgets finished notifications in time, never the newest of a group or one that waits', async () => {
      await tx(async (t) => {
        for (const id of ['1', '2', '3']) await t.outbox.enqueue(row(id))
        await t.outbox.enqueue(row('4', { receiver: 'mail' }))
      })
      for (const id of ['1', '2', '3']) {
        await claim(100)
        await tx((t) => t.outbox.settle(id, 1, { status: 'delivered' }))
      }
      await tx((t) => t.outbox.prune(M, 100))
      expect((await tx((t) => t.outbox.list(M))).length).toBe(4)
      await tx((t) => t.outbox.prune(M, 101))
      expect((await tx((t) => t.outbox.list(M))).map(({ id }) => id)).toEqual(['3', '4'])
    })

    it('gives a lease to one owner at a time, with a higher fence for each new one', async () => {
      const acquire = (owner: string, now: number) => tx((t) => t.leases.acquire({ name: 'cycle', owner, now, until: now + 10 }))
      expect(await acquire('a', 0)).toBe(1)
      expect(await acquire('b', 5)).toBeUndefined()
      expect(await acquire('a', 5)).toBe(1)
      expect(await acquire('b', 15)).toBe(2)
      await tx((t) => t.leases.release('cycle', 'a'))
      expect(await acquire('a', 16)).toBeUndefined()
      await tx((t) => t.leases.release('cycle', 'b'))
      expect(await acquire('a', 17)).toBe(3)
    })
  })
}
