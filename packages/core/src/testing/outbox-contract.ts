import { expect, it } from 'vitest'
import type { OutboxRow } from '../store/outbox.ts'
import type { Store, Transaction } from '../store/store.ts'
import { aNotification } from './builders.ts'

const M = 'main'

/** A notification to queue. */
export function aQueuedRow(id: string, { receiver = 'ops', key = 'main/ec2.cpu', queuedAt = 100, thread = 't1' }: { readonly receiver?: string; readonly key?: string; readonly queuedAt?: number; readonly thread?: string } = {}): Parameters<Transaction['outbox']['enqueue']>[0] {
  return { id, monitor: M, receiver, key, notification: aNotification({ receiver, key, thread }), queuedAt }
}

/** What every outbox and delivery log must keep. `storeOf` gives the empty store of the test that runs. */
export function outboxContract(storeOf: () => Store): void {
  const row = aQueuedRow
  const tx = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => storeOf().transaction(work)
  const claim = (now: number, receiver = 'ops', limit = 10) => tx((t) => t.outbox.claim({ monitor: M, receiver, now, leaseUntil: now + 30, limit }))
  const listed = async <K extends keyof OutboxRow>(...keys: K[]) => (await tx((t) => t.outbox.list(M))).map((one) => keys.map((key) => one[key]))
  const attempts = async (id?: string) =>
    (await tx((t) => t.deliveries.list({ monitor: M, limit: 99, ...(id === undefined ? {} : { id }) }))).map(({ id, attempt, begunAt, endedAt, outcome, reason }) => [id, attempt, begunAt, endedAt, outcome, reason])
  const waiting = async () => Object.fromEntries((await tx((t) => t.outbox.waiting(M))).map(({ receiver, dueAt }) => [receiver, dueAt]))

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
    expect([await tx((t) => t.outbox.get(queued.id))]).toEqual(await tx((t) => t.outbox.list(M)))
    expect(await tx((t) => t.outbox.get('another'))).toBeUndefined()
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

  it('gives more time to the attempt under way, and to no other', async () => {
    await tx((t) => t.outbox.enqueue(row('1')))
    const renew = (attempt: number, id = '1') => tx((t) => t.outbox.renew(id, attempt, 500))
    expect(await renew(0)).toBe(false)
    await claim(100)
    expect(await renew(1)).toBe(true)
    expect(await claim(499)).toEqual([])
    expect((await claim(500)).map(({ attempt }) => attempt)).toEqual([2])
    expect(await renew(1)).toBe(false)
    await tx((t) => t.outbox.settle('1', 2, { status: 'delivered', at: 505 }))
    expect([await renew(2), await renew(1, 'nobody')]).toEqual([false, false])
  })

  it('keeps what a receiver said, whatever bytes it sent', async () => {
    await tx(async (t) => {
      for (const id of ['1', '2']) await t.outbox.enqueue(row(id, { key: id }))
    })
    await claim(100)
    await tx((t) => t.outbox.settle('1', 1, { status: 'dead', at: 110, outcome: 'permanent', error: '500 \0 \ud800 end' }))
    await tx((t) => t.outbox.settle('2', 1, { status: 'delivered', at: 110, reference: 'C\0 end' }))
    const [first, second] = await tx((t) => t.outbox.list(M))
    expect(first?.error).toMatch(/^500 .* end$/s)
    expect(second?.reference).toMatch(/^C.* end$/s)
    expect((await attempts('1'))[0]?.[5]).toMatch(/^500 .* end$/s)
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
}
