import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { GroupEntry } from '../model/group.ts'
import type { Transition } from '../model/transition.ts'
import type { Handling } from '../routing/handling.ts'
import type { Silence } from '../routing/silence.ts'
import type { OutboxRow } from '../store/outbox.ts'
import type { Store, Transaction } from '../store/store.ts'
import { aNotification, aSubject } from './builders.ts'
import { newAlert } from '../alerting/reducer.ts'

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
    const listed = async <K extends keyof OutboxRow>(...keys: K[]) => (await tx((t) => t.outbox.list(M))).map((one) => keys.map((key) => one[key]))
    const attempts = async (id?: string) =>
      (await tx((t) => t.deliveries.list({ monitor: M, limit: 99, ...(id === undefined ? {} : { id }) }))).map(({ id, attempt, begunAt, endedAt, outcome, reason }) => [id, attempt, begunAt, endedAt, outcome, reason])
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
      await tx((t) => t.outbox.settle('1', 1, { status: 'delivered', at: 110, reference: 'C1:1' }))
      expect((await claim(100)).map(({ id }) => id)).toEqual(['2'])
      expect((await claim(500)).map(({ id }) => id).sort()).toEqual(['2', '4'])
      expect((await claim(100, 'mail')).map(({ id }) => id)).toEqual(['3'])
    })

    it('keeps the order in which notifications were queued, whatever the clock said then', async () => {
      await tx((t) => t.outbox.enqueue(row('z', { queuedAt: 900 })))
      await tx(async (t) => {
        await t.outbox.enqueue(row('b', { queuedAt: 100 }))
        await t.outbox.enqueue(row('a', { queuedAt: 100 }))
      })
      expect(await listed('id')).toEqual([['z'], ['b'], ['a']])
      expect(await claim(500)).toEqual([])
      expect((await claim(900)).map(({ id }) => id)).toEqual(['z'])
    })

    it('gives back a notification as it was queued', async () => {
      const queued = row('1', { thread: 'deep/thread' })
      await tx((t) => t.outbox.enqueue(queued))
      const [found] = await claim(100)
      expect(found).toEqual({ ...queued, status: 'sending', attempt: 1, dueAt: 100, leaseUntil: 130, changedAt: 100 })
      await tx((t) => t.outbox.settle('1', 1, { status: 'queued', at: 110, dueAt: 200, error: '503' }))
      expect(await tx((t) => t.outbox.list(M, 'queued'))).toEqual([{ ...queued, status: 'queued', attempt: 1, dueAt: 200, leaseUntil: 130, changedAt: 110, error: '503' }])
      expect(await tx((t) => t.outbox.list(M, 'dead'))).toEqual([])
      await claim(200)
      await tx((t) => t.outbox.settle('1', 2, { status: 'delivered', at: 210, reference: 'C1:7' }))
      expect(await tx((t) => t.outbox.list(M))).toEqual([{ ...queued, status: 'delivered', attempt: 2, dueAt: 200, leaseUntil: 230, changedAt: 210, reference: 'C1:7' }])
    })

    it('logs every attempt with what came of it', async () => {
      await tx((t) => t.outbox.enqueue(row('1')))
      await tx((t) => t.outbox.enqueue(row('2', { receiver: 'mail' })))
      await claim(100)
      expect(await attempts()).toEqual([['1', 1, 100, undefined, undefined, undefined]])
      await tx((t) => t.outbox.settle('1', 1, { status: 'queued', at: 110, dueAt: 120, error: '503' }))
      await claim(120)
      await tx((t) => t.outbox.settle('1', 2, { status: 'dead', at: 125, outcome: 'retryable', error: 'a day of 503' }))
      await claim(130, 'mail')
      await tx((t) => t.outbox.settle('2', 1, { status: 'delivered', at: 140 }))
      const first = [['1', 1, 100, 110, 'retryable', '503'], ['1', 2, 120, 125, 'retryable', 'a day of 503']]
      expect(await attempts()).toEqual([...first, ['2', 1, 130, 140, 'delivered', undefined]])
      expect(await attempts('1')).toEqual(first)
      expect((await tx((t) => t.deliveries.list({ monitor: M, limit: 1 }))).map(({ id, receiver }) => [id, receiver])).toEqual([['2', 'mail']])
      expect(await tx((t) => t.deliveries.prune(M, 125, 1))).toBe(1)
      expect(await tx((t) => t.deliveries.prune(M, 125, 9))).toBe(1)
      expect(await attempts()).toEqual([['2', 1, 130, 140, 'delivered', undefined]])
    })

    it('gives back at once what a dead process left sending, and says that nobody knows', async () => {
      await tx(async (t) => {
        for (const id of ['1', '2', '3']) await t.outbox.enqueue(row(id, { key: id }))
      })
      await claim(100, 'ops', 2)
      await tx((t) => t.outbox.settle('2', 1, { status: 'delivered', at: 105 }))
      await tx((t) => t.outbox.release(M, 110))
      expect(await listed('id', 'status', 'dueAt', 'changedAt')).toEqual([['1', 'queued', 110, 110], ['2', 'delivered', 100, 105], ['3', 'queued', 100, 100]])
      expect(await attempts('1')).toEqual([['1', 1, 100, 110, 'uncertain', undefined]])
      expect((await claim(110)).map(({ id, attempt }) => [id, attempt])).toEqual([['1', 2], ['3', 1]])
      // The process was not dead after all.
      await tx((t) => t.outbox.settle('1', 1, { status: 'delivered', at: 111 }))
      expect(await attempts('1')).toEqual([['1', 1, 100, 110, 'uncertain', undefined], ['1', 2, 110, undefined, undefined, undefined]])
    })

    it('makes due what was put off by a clock that was set back since', async () => {
      await tx(async (t) => {
        await t.outbox.enqueue(row('1', { queuedAt: 9_000 }))
        await t.outbox.enqueue(row('2', { key: 'k2', queuedAt: 100 }))
        await t.outbox.enqueue(row('3', { key: 'k3', queuedAt: 100 }))
      })
      expect((await claim(100)).map(({ id }) => id)).toEqual(['2', '3'])
      await tx((t) => t.outbox.settle('2', 1, { status: 'queued', at: 150, dueAt: 400, error: '503' }))
      await tx((t) => t.outbox.reschedule(M, 200))
      expect(await listed('id', 'status', 'dueAt')).toEqual([['1', 'queued', 200], ['2', 'queued', 400], ['3', 'sending', 100]])
    })

    it('tries again what a person asks for, behind what came later, with the same idempotency key', async () => {
      await tx(async (t) => {
        await t.outbox.enqueue(row('1'))
        await t.outbox.enqueue(row('2'))
      })
      expect(await tx((t) => t.outbox.retry('1', 90))).toBe(true)
      expect(await waiting()).toEqual({ ops: 90 })
      await claim(100)
      expect(await tx((t) => t.outbox.retry('1', 105))).toBe(false)
      await tx((t) => t.outbox.settle('1', 1, { status: 'dead', at: 110, outcome: 'permanent', error: '404' }))
      expect(await tx((t) => t.outbox.retry('1', 500))).toBe(true)
      expect(await listed('id', 'status', 'queuedAt', 'dueAt', 'attempt')).toEqual([['2', 'queued', 100, 100, 0], ['1', 'queued', 500, 500, 1]])
      expect((await claim(500)).map(({ id }) => id)).toEqual(['2'])
      await tx((t) => t.outbox.settle('2', 1, { status: 'delivered', at: 505 }))
      expect((await claim(510)).map(({ id, attempt }) => [id, attempt])).toEqual([['1', 2]])
      await tx((t) => t.outbox.settle('1', 2, { status: 'delivered', at: 515 }))
      for (const id of ['1', '2', 'nobody']) expect(await tx((t) => t.outbox.retry(id, 600))).toBe(false)
    })

    it('gives up for good what a person drops', async () => {
      await tx(async (t) => {
        for (const id of ['1', '2', '3']) await t.outbox.enqueue(row(id))
      })
      await claim(100)
      expect(await tx((t) => t.outbox.drop('1', 105))).toBe(false)
      expect(await tx((t) => t.outbox.drop('2', 105))).toBe(true)
      await tx((t) => t.outbox.settle('1', 1, { status: 'dead', at: 110, outcome: 'permanent', error: '404' }))
      expect(await tx((t) => t.outbox.drop('1', 115))).toBe(true)
      for (const id of ['1', '2', 'nobody']) expect(await tx((t) => t.outbox.drop(id, 120))).toBe(false)
      expect(await listed('id', 'status')).toEqual([['1', 'dropped'], ['2', 'dropped'], ['3', 'queued']])
      // It is known all the same: the same decision does not queue it again.
      await tx((t) => t.outbox.enqueue(row('2')))
      expect((await claim(200)).map(({ id }) => id)).toEqual(['3'])
      expect(await tx((t) => t.outbox.retry('2', 300))).toBe(true)
      expect(await listed('id', 'status')).toEqual([['1', 'dropped'], ['3', 'sending'], ['2', 'queued']])
    })

    it('keeps queues of different monitors apart', async () => {
      await tx((t) => t.outbox.enqueue({ ...row('1'), monitor: 'other' }))
      await tx((t) => t.outbox.enqueue(row('2')))
      expect((await claim(100)).map(({ id }) => id)).toEqual(['2'])
      expect((await tx((t) => t.outbox.list('other'))).map(({ id, status }) => [id, status])).toEqual([['1', 'queued']])
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
      await tx((t) => t.outbox.settle('1', 1, { status: 'queued', at: 110, dueAt: 200, error: '503' }))
      expect(await claim(150)).toEqual([])
      expect(await waiting()).toEqual({ ops: 200 })
      expect((await claim(200)).map(({ id, attempt, error }) => [id, attempt, error])).toEqual([['1', 2, '503']])
      await tx((t) => t.outbox.settle('1', 2, { status: 'dead', at: 210, outcome: 'permanent', error: '404' }))
      expect((await claim(200)).map(({ id }) => id)).toEqual(['2'])
    })

    it('gives a notification whose sender died to the next, and believes only the newest attempt', async () => {
      await tx((t) => t.outbox.enqueue(row('1')))
      await claim(100)
      expect(await waiting()).toEqual({ ops: 130 })
      expect(await claim(129)).toEqual([])
      expect((await claim(130)).map(({ id, attempt }) => [id, attempt])).toEqual([['1', 2]])
      await tx((t) => t.outbox.settle('1', 1, { status: 'dead', at: 135, outcome: 'permanent', error: 'late word of the first' }))
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
        await tx((t) => t.outbox.settle(id, 1, { status: 'delivered', at: 110, reference }))
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
        await tx((t) => t.outbox.settle(id, 1, { status: 'delivered', at: 110 }))
      }
      await tx((t) => t.outbox.prune(M, 100))
      expect((await tx((t) => t.outbox.list(M))).length).toBe(4)
      await tx((t) => t.outbox.prune(M, 101))
      expect((await tx((t) => t.outbox.list(M))).map(({ id }) => id)).toEqual(['3', '4'])
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

    it('goes on after a transaction that failed', async () => {
      for (let round = 0; round < 3; round++) await expect(tx(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
      await tx((t) => t.events.append([event(1)]))
      expect((await tx((t) => t.events.list({ monitor: M, limit: 9 }))).length).toBe(1)
    })
  })
}
