import { beforeEach, describe, expect, it } from 'vitest'
import type { DecisionRecord, GroupStanding } from '../store/decisions.ts'
import type { Store, Transaction } from '../store/store.ts'

const M = 'main'

/** What was decided of one alert of one group, for the contract suite of stores. */
export const aDecision = (over: Partial<DecisionRecord> = {}): DecisionRecord => ({ monitor: M, receiver: 'ops', key: '/0{rule="ec2.cpu"}', at: 1, decision: 'first', alerts: [{ fingerprint: 'f1', standing: { is: 'told' } }], ...over })

/** What every store must keep of decisions. Part of `storeContract`. */
export function decisionContract(store: () => Store): void {
  describe('decisions', () => {
    const tx = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => store().transaction(work)
    const times = async (filter: Partial<Parameters<Transaction['decisions']['list']>[0]> = {}) => (await tx((t) => t.decisions.list({ monitor: M, from: 0, until: 99, limit: 9, ...filter }))).map(({ at }) => at)
    beforeEach(async () => {
      await tx((t) =>
        t.decisions.append([
          aDecision(),
          aDecision({ at: 2, decision: 'nothing', alerts: [{ fingerprint: 'f2', standing: { is: 'muted', by: { by: 'inhibition', rule: 'parts', heldBy: 'source', source: 'f1' } } }] }),
          aDecision({ at: 3, receiver: 'mail' }),
          aDecision({ at: 4, key: '/1{}', alerts: [{ fingerprint: 'f2', standing: { is: 'told' } }] }),
          aDecision({ at: 5, monitor: 'other' }),
        ]),
      )
    })

    it('come back as they were given', async () => {
      const whole = aDecision({ at: 9, message: 'm1', nextAt: Infinity, route: { path: [0, 1], reason: 'matched', groupWait: 0, groupInterval: 1, repeatInterval: Infinity } })
      await tx((t) => t.decisions.append([whole]))
      expect(await tx((t) => t.decisions.list({ monitor: M, from: 9, until: Infinity, limit: 1 }))).toEqual([whole])
    })

    it('are listed oldest first, the newest of them, from one instant to another', async () => {
      expect(await times()).toEqual([1, 2, 3, 4])
      expect(await times({ limit: 2 })).toEqual([3, 4])
      expect(await times({ from: 2, until: 3 })).toEqual([2, 3])
      expect(await times({ limit: 0 })).toEqual([])
    })

    it('are found by the alerts that they name, not by those that they mention', async () => {
      expect(await times({ fingerprint: 'f1' })).toEqual([1, 3])
      expect(await times({ fingerprint: 'f2' })).toEqual([2, 4])
      expect(await times({ fingerprint: 'f' })).toEqual([])
    })

    it('are found by receiver and group', async () => {
      expect(await times({ group: { receiver: 'ops', key: '/0{rule="ec2.cpu"}' } })).toEqual([1, 2])
      expect(await times({ group: { receiver: 'mail', key: '/0{rule="ec2.cpu"}' } })).toEqual([3])
      expect(await times({ group: { receiver: 'ops', key: '/1{}' }, fingerprint: 'f1' })).toEqual([])
    })

    it('are forgotten from the oldest on, no more than asked for', async () => {
      expect(await tx((t) => t.decisions.prune(M, 4, 2))).toBe(2)
      expect(await times()).toEqual([3, 4])
      expect(await tx((t) => t.decisions.prune(M, 4, 2))).toBe(1)
      expect(await tx((t) => t.decisions.prune(M, 4, 2))).toBe(0)
      expect(await times({ monitor: 'other' })).toEqual([5])
      await tx((t) => t.decisions.append([aDecision({ at: 6 })]))
      expect(await times()).toEqual([4, 6])
    })

    it('are compared with standings, which are records like others', async () => {
      const value: GroupStanding = { receiver: 'ops', key: '/{}', alerts: { f1: { is: 'muted', by: { by: 'snooze', until: 7 }, startedAt: 1 }, f2: { is: 'told' } }, acknowledged: true }
      expect(await tx((t) => t.standings.put({ id: 's', monitor: M, value }, 0))).toBe(1)
      expect(await tx((t) => t.standings.list(M))).toEqual([{ id: 's', monitor: M, value, version: 1 }])
      await expect(tx((t) => t.standings.remove('s', 2))).rejects.toMatchObject({ code: 'E500' })
    })
  })
}
