import { describe, expect, it } from 'vitest'
import type { Phase } from '../model/alert.ts'
import type { Level } from '../model/level.ts'
import type { Notification } from '../model/notification.ts'
import type { Transition, TransitionKind } from '../model/transition.ts'
import type { Fleet, Readings } from '../testing/fleet.ts'
import { LIMIT, live, type Lived, MINUTE, property, queued } from '../testing/histories.ts'

/** What one receiver believes to fire, from all it was told. */
function believed(notifications: readonly Notification[]): Map<string, Set<string>> {
  const views = new Map<string, Set<string>>()
  for (const { receiver, alerts } of notifications) {
    const view = views.get(receiver) ?? new Set()
    views.set(receiver, view)
    for (const { subject, change } of alerts) {
      if (change === 'resolved') view.delete(subject.fingerprint)
      else view.add(subject.fingerprint)
    }
  }
  return views
}

const snapshot = (fleet: Fleet) =>
  fleet.store.transaction(async (tx) => {
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)
    const bare = ({ id, value }: { id: string; value: unknown }) => ({ id, value })
    return { alerts: (await tx.alerts.list('main')).toSorted(byId).map(bare), groups: (await tx.groups.list('main')).toSorted(byId).map(bare) }
  })

describe('whatever happens', () => {
  it('whoever heard that an alert fires hears that it ended', LIMIT, () =>
    property(async (history) => {
      const removed = new Map<string, number>()
      const lived = await live(history, async ({ fleet, monitor }) => {
        const told = (await queued(fleet)).length
        // Who is taken out of the configuration cannot be told any more; who comes back begins anew.
        for (const receiver of ['lead', 'boss']) if (!(receiver in monitor.notify) && (fleet.last?.result.at ?? 0) > 0) removed.set(receiver, told)
      })
      const { fleet } = lived
      for (let minute = 0; minute < 60; minute++) {
        lived.now += MINUTE
        await fleet.cycle({ a: { cpu: 20, disk: 20 }, b: 20, c: 20 }, lived.now)
      }
      const all = await queued(fleet)
      for (const receiver of Object.keys(lived.monitor.notify)) {
        const own = all.slice(removed.get(receiver) ?? 0).filter((one) => one.receiver === receiver)
        expect([...(believed(own).get(receiver) ?? [])], `${receiver} still believes it fires`).toEqual([])
      }
      expect((await fleet.store.transaction((tx) => tx.groups.list('main'))).filter(({ value }) => Object.keys(value.firing).length > 0)).toEqual([])
    }))

  it('no receiver hears the end of what it never heard of, nor anything out of order', LIMIT, () =>
    property(async (history) => {
      const { notifications } = await live(history)
      const heard = new Map<string, Set<string>>()
      const times = new Map<string, number>()
      for (const { receiver, key, at, alerts } of notifications) {
        const view = heard.get(receiver) ?? new Set()
        heard.set(receiver, view)
        expect(at).toBeGreaterThanOrEqual(times.get(`${receiver} ${key}`) ?? -Infinity)
        times.set(`${receiver} ${key}`, at)
        for (const { subject, change } of alerts) {
          if (change === 'resolved') expect(view.delete(subject.fingerprint), 'an end without a beginning').toBe(true)
          else {
            if (change === 'unchanged') expect(view.has(subject.fingerprint), 'unchanged, and never told').toBe(true)
            view.add(subject.fingerprint)
          }
        }
      }
    }))

  it('the event log says how every alert is', LIMIT, () =>
    property(async (history) => {
      const { fleet } = await live(history)
      const { alerts, log } = await fleet.store.transaction(async (tx) => ({ alerts: await tx.alerts.list('main'), log: await tx.events.list({ monitor: 'main', limit: 1e6 }) }))
      for (const { id, value } of alerts) {
        const replayed = replay(log.filter(({ fingerprint }) => fingerprint === id))
        expect(replayed, value.subject.rule).toEqual({ phase: value.state.phase, level: value.state.level })
      }
    }))

  it('a second evaluation at the same time changes nothing', LIMIT, () =>
    property(async (history) => {
      await live(history, async ({ fleet, now }, one) => {
        if (one.do !== 'cycle') return
        const before = await snapshot(fleet)
        expect(await fleet.cycle(one.readings, now)).toEqual([])
        expect(fleet.last?.result.transitions).toEqual([])
        expect(await snapshot(fleet)).toEqual(before)
      })
    }))

  it('the order of the series does not matter', LIMIT, () =>
    property(async (history) => {
      const reversed = (one: Readings): Readings => (one === 'down' ? one : Object.fromEntries(Object.entries(one).toReversed()))
      const [there, back] = [await live(history), await live(history, undefined, reversed)]
      expect(await snapshot(back.fleet)).toEqual(await snapshot(there.fleet))
      const told = ({ notifications }: Lived) => notifications.map(({ at, receiver, key, reason, alerts }) => [at, receiver, key, reason, ...alerts.map(({ subject, change }) => `${subject.fingerprint} ${change}`).toSorted()].join(' ')).toSorted()
      expect(told(back)).toEqual(told(there))
    }))

  it('what is kept of an alert stays small', LIMIT, () =>
    property(async (history) => {
      await live(history, async ({ fleet }) => {
        const { alerts, handling } = await fleet.store.transaction(async (tx) => ({ alerts: await tx.alerts.list('main'), handling: await tx.handling.list('main') }))
        for (const { value } of alerts) expect(JSON.stringify(value.state).length).toBeLessThan(1_500)
        for (const { value } of handling) expect(JSON.stringify(value).length).toBeLessThan(1_500)
      })
    }))
})

interface Place {
  readonly phase: Phase
  readonly level: Level
}

/** What a transition makes of the place of an alert; what is not named here moves none. */
const MOVES: Partial<Record<TransitionKind, (before: Place, to: Level) => Place>> = {
  pending: () => ({ phase: 'pending', level: 'none' }),
  fired: (_before, to) => ({ phase: 'firing', level: to }),
  refired: (_before, to) => ({ phase: 'firing', level: to }),
  escalated: (_before, to) => ({ phase: 'firing', level: to }),
  relapsed: (_before, to) => ({ phase: 'firing', level: to }),
  deescalated: (before, to) => ({ ...before, level: to }),
  recovering: (before) => ({ ...before, phase: 'recovering' }),
  resolved: () => ({ phase: 'inactive', level: 'none' }),
  dropped: () => ({ phase: 'inactive', level: 'none' }),
}

/** The phase and level that a log leads to. */
const replay = (log: readonly Transition[]): Place => log.reduce<Place>((before, { kind, to }) => MOVES[kind]?.(before, to) ?? before, { phase: 'inactive', level: 'none' })
