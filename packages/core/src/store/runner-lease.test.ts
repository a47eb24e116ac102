import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { silentLogger } from '../log/logger.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { memoryStore } from './memory-store.ts'
import { newIdentity } from './process-identity.ts'
import { type RunnerLease, type RunnerLeaseOptions, takeRunnerLease } from './runner-lease.ts'
import type { Store } from './store.ts'

let clock: FakeClock
let store: Store
let leases: RunnerLease[]
beforeEach(() => {
  clock = new FakeClock()
  store = memoryStore()
  leases = []
})
afterEach(() => Promise.all(leases.map((lease) => lease.release())))

const NAME = 'runner/main'
const take = async (over: Partial<RunnerLeaseOptions> = {}): Promise<RunnerLease> => {
  const lease = await takeRunnerLease({ store, monitor: 'main', clock, logger: silentLogger, signal: new AbortController().signal, ...over })
  leases.push(lease)
  return lease
}
const holder = () => store.transaction((tx) => tx.leases.holder(NAME))
/** A runner on another machine, as far as can be seen from here. */
const elsewhere = JSON.stringify({ pid: process.pid, host: 'web-1', place: 'another machine', started: '1', token: 't' })
const holds = (owner: string, until: number) => store.transaction((tx) => tx.leases.acquire({ name: NAME, owner, now: 0, until }))
/** What becomes of a promise while time goes by. */
const outcome = async (promise: Promise<unknown>) => {
  let text = 'waiting'
  promise.then(() => (text = 'taken'), (error: unknown) => (text = String(error)))
  await clock.advance(0)
  return () => text
}

it('refuses a second runner of the same monitor at once, and names the first', async () => {
  const first = await take()
  await expect(take()).rejects.toMatchObject({ code: 'E503', message: expect.stringMatching(new RegExp(`^monitor main is run by process ${process.pid} on \\S+$`)) })
  await expect(take({ monitor: 'other' })).resolves.toBeDefined()
  await first.release()
  await expect(take()).resolves.toBeDefined()
})

it.each([
  ['a process number that nobody has', { pid: 4_194_305 }],
  ['an older process with the number of this one', { pid: process.pid, token: 'left-behind' }],
  ['an older process with a number that another has now', { pid: process.ppid, started: '1' }],
])('takes over at once from %s', async (_who, left) => {
  await holds(JSON.stringify({ ...JSON.parse(newIdentity()), ...left }), clock.now() + 3_600_000)
  const lease = await take()
  expect((await holder())?.fence).toBe(2)
  await lease.store.transaction(async () => {})
})

it('counts a process as alive where nothing says when it began', async () => {
  await holds(JSON.stringify({ ...JSON.parse(newIdentity()), pid: process.ppid, started: '' }), clock.now())
  await expect(take()).rejects.toMatchObject({ code: 'E503' })
})

it('counts a process of another user as alive', async () => {
  const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' })
  })
  await holds(JSON.stringify({ ...JSON.parse(newIdentity()), pid: 4_194_305, started: '' }), clock.now())
  await expect(take()).rejects.toMatchObject({ code: 'E503' })
  kill.mockRestore()
})

it('waits for a runner of another machine until it was not heard of for 30 s, whatever its clock says', async () => {
  // Its clock is an hour behind, or ahead.
  for (const skew of [-3_600_000, 3_600_000]) {
    await holds(elsewhere, clock.now() + skew)
    const seen = await outcome(take())
    await clock.advance(29_000)
    expect(seen()).toBe('waiting')
    await clock.advance(2_000)
    expect(seen()).toBe('taken')
    await leases.pop()?.release()
  }
})

it('gives up on a runner of another machine as soon as that one is heard of', async () => {
  await holds(elsewhere, clock.now() + 30_000)
  const seen = await outcome(take())
  await clock.advance(10_000)
  await holds(elsewhere, clock.now() + 30_000)
  await clock.advance(1_000)
  expect(seen()).toBe('E503 monitor main is run by process ' + process.pid + ' on web-1 · stop that process, or wait as a standby: tocsin run --continuous --standby')
})

it('waits as a standby while the other is heard of, and stops waiting when told', async () => {
  const first = await take()
  const standby = await outcome(take({ standby: true }))
  await clock.advance(300_000)
  expect(standby()).toBe('waiting')
  const stop = new AbortController()
  const stopped = await outcome(take({ standby: true, signal: stop.signal }))
  stop.abort(new Error('stopped'))
  await clock.advance(1_000)
  expect(stopped()).toBe('Error: stopped')
  await first.release()
  await clock.advance(1_000)
  expect(standby()).toBe('taken')
})

it('lets one of several standbys take over, and the others wait for that one', async () => {
  await holds(elsewhere, clock.now())
  const standbys = [await outcome(take({ standby: true })), await outcome(take({ standby: true })), await outcome(take({ standby: true }))]
  await clock.advance(120_000)
  expect(standbys.map((seen) => seen()).sort()).toEqual(['taken', 'waiting', 'waiting'])
  expect(leases.map(({ lost }) => lost.aborted)).toEqual([false])
})

it('outlives as a standby a store that is out of reach, and takes nothing over because of it', async () => {
  let broken = false
  const shaky: Store = { ...store, transaction: (work) => (broken ? Promise.reject(new Error('no answer')) : store.transaction(work)) }
  await take()
  const standby = await outcome(take({ standby: true, store: shaky }))
  broken = true
  await clock.advance(120_000)
  broken = false
  await clock.advance(120_000)
  expect(standby()).toBe('waiting')
  await leases.pop()?.release()
  await clock.advance(1_000)
  expect(standby()).toBe('taken')
})

it('is heard of every 10 s, also after the store was out of reach', async () => {
  let broken = false
  await take({ store: { ...store, transaction: (work) => (broken ? Promise.reject(new Error('no space left')) : store.transaction(work)) } })
  const start = clock.now()
  await clock.advance(10_000)
  expect((await holder())?.until).toBe(start + 40_000)
  broken = true
  await clock.advance(25_000)
  broken = false
  await clock.advance(5_000)
  expect((await holder())?.until).toBe(start + 70_000)
})

it('voids everything that a runner decides after another took over', async () => {
  const first = await take()
  await first.store.transaction((tx) => tx.progress.put({ id: 'main', monitor: 'main', value: { evaluatedAt: 1 } }, 0))
  await store.transaction((tx) => tx.leases.acquire({ name: NAME, owner: elsewhere, now: 0, until: 1, over: 1 }))
  const late = first.store.transaction((tx) => tx.progress.put({ id: 'main', monitor: 'main', value: { evaluatedAt: 2 } }, 1))
  await expect(late).rejects.toMatchObject({ code: 'E503', message: 'monitor main was taken over by process ' + process.pid + ' on web-1' })
  expect(first.lost.aborted).toBe(true)
  expect(String(first.lost.reason)).toContain('E503')
  expect((await store.transaction((tx) => tx.progress.get('main')))?.value.evaluatedAt).toBe(1)
  await first.release()
  expect((await holder())?.owner).toBe(elsewhere)
})

it('keeps its lease to the end of each transaction in which it decides', async () => {
  const confirmed: string[] = []
  const asked: Store = {
    ...store,
    transaction: (work) =>
      store.transaction((tx) => work({ ...tx, leases: { ...tx.leases, confirm: async (name, owner) => (confirmed.push(name), await tx.leases.confirm(name, owner)) } })),
  }
  const { store: fenced } = await take({ store: asked })
  await fenced.transaction(async () => expect(confirmed).toEqual([NAME]))
})

it('notices within 10 s that another took over, though it writes nothing', async () => {
  const first = await take()
  await store.transaction((tx) => tx.leases.acquire({ name: NAME, owner: elsewhere, now: 0, until: 1, over: 1 }))
  await clock.advance(10_000)
  expect(first.lost.aborted).toBe(true)
})

it('leaves everything else of the store as it is', async () => {
  const more = { ...store, history: {} as NonNullable<Store['history']> }
  expect((await take({ store: more })).store.history).toBe(more.history)
})
