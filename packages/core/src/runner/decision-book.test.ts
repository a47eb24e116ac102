import { beforeEach, expect, it } from 'vitest'
import type { GroupDecision } from '../routing/plan.ts'
import type { Standing } from '../routing/standing.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { Store } from '../store/store.ts'
import { type DecisionBook, decisionBook } from './decision-book.ts'

const EVER = { monitor: 'main', from: -Infinity, until: Infinity, limit: 99 }
const about = (alerts: readonly (readonly [fingerprint: string, is: Exclude<Standing['is'], 'muted' | 'endHeld'>, startedAt?: number])[], over: Partial<GroupDecision> = {}): GroupDecision => ({
  receiver: 'ops',
  key: '/{}',
  decision: 'nothing',
  muted: [],
  alerts: alerts.map(([fingerprint, is, startedAt = 1]) => ({ fingerprint, standing: { is }, startedAt })),
  ...over,
})

let store: Store
let book: DecisionBook
beforeEach(() => {
  store = memoryStore()
  book = decisionBook('main', [])
})
const decide = async (now: number, ...decisions: GroupDecision[]): Promise<void> => (await store.transaction((tx) => book.write(tx, decisions, now)))()
const logged = async (): Promise<string[]> =>
  (await store.transaction((tx) => tx.decisions.list(EVER))).map(({ at, decision, alerts }) => [at, decision, ...alerts.map(({ fingerprint, standing }) => `${fingerprint}:${standing.is}`)].join(' '))
const standing = async (): Promise<number> => (await store.transaction((tx) => tx.standings.list('main'))).length

it('writes what changed and names only that', async () => {
  await decide(1, about([['a', 'waiting']], { decision: 'waiting' }))
  await decide(2, about([['a', 'waiting'], ['b', 'waiting']], { decision: 'waiting' }))
  await decide(3, about([['a', 'waiting'], ['b', 'waiting']], { decision: 'waiting' }))
  await decide(4, about([['a', 'told'], ['b', 'told']], { decision: 'first', message: 'm' }))
  await decide(5, about([['a', 'told'], ['b', 'told']]))
  await decide(6, about([['a', 'endTold'], ['b', 'told']], { decision: 'someResolved', message: 'n' }))
  await decide(7, about([['b', 'told']]))
  await decide(8)
  await decide(9)
  expect(await logged()).toEqual(['1 waiting a:waiting', '2 waiting b:waiting', '4 first a:told b:told', '6 someResolved a:endTold', '8 nothing b:left'])
  expect(await standing()).toBe(0)
})

it('writes every message, though all stands as before, and that a repeat was spared once', async () => {
  await decide(1, about([['a', 'told']], { decision: 'first', message: 'm' }))
  await decide(2, about([['a', 'told']], { decision: 'repeat', message: 'n' }))
  await decide(3, about([['a', 'told']], { decision: 'acknowledged' }))
  await decide(4, about([['a', 'told']], { decision: 'waiting' }))
  await decide(5, about([['a', 'told']], { decision: 'acknowledged' }))
  await decide(6, about([['a', 'told']], { decision: 'repeat', message: 'o' }))
  await decide(7, about([['a', 'told']], { decision: 'acknowledged' }))
  expect(await logged()).toEqual(['1 first a:told', '2 repeat', '3 acknowledged', '6 repeat', '7 acknowledged'])
})

it('takes an episode that began unseen for a change', async () => {
  await decide(1, about([['a', 'told', 1]], { decision: 'first', message: 'm' }))
  await decide(2, about([['a', 'told', 2]]))
  expect(await logged()).toEqual(['1 first a:told', '2 nothing a:told'])
})

it('forgets without a word whose end was not wanted', async () => {
  await decide(1, about([['a', 'endNotWanted'], ['b', 'told']]))
  await decide(2, about([['b', 'told']]))
  await decide(3)
  expect(await logged()).toEqual(['1 nothing a:endNotWanted b:told', '3 nothing b:left'])
})

it('goes on from what is stored, and knows nothing of a transaction that failed', async () => {
  await decide(1, about([['a', 'told']]))
  const failed = store.transaction(async (tx) => {
    await book.write(tx, [about([['a', 'waiting']])], 2)
    throw new Error('in the middle')
  })
  await expect(failed).rejects.toThrow('in the middle')
  await decide(3, about([['a', 'told']]))
  book = decisionBook('main', await store.transaction((tx) => tx.standings.list('main')))
  await decide(4, about([['a', 'told']]))
  expect(await logged()).toEqual(['1 nothing a:told'])
})

it('clears what stands under a name that the monitor had before', async () => {
  const value = { receiver: 'ops', key: '/{}', alerts: { a: { is: 'told' as const } } }
  await store.transaction((tx) => tx.standings.put({ id: 'old/ops/{}', monitor: 'old', value }, 0))
  book = decisionBook('main', await store.transaction((tx) => tx.standings.list('old')))
  await decide(1, about([['a', 'endTold']], { decision: 'allResolved', message: 'm' }))
  expect(await logged()).toEqual(['1 allResolved a:endTold'])
  expect(await store.transaction((tx) => tx.standings.list('old'))).toEqual([])
})
