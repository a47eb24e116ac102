import { describe, expect, it } from 'vitest'
import { LIMIT, live, property } from '../../testing/histories.ts'
import { explain } from './explain.ts'

describe('whatever happens', () => {
  it('every message is named in the chain of each of its alerts, at the instant at which it was queued', LIMIT, () =>
    property(async (history) => {
      const { fleet, monitor, now } = await live(history)
      for (const { id, receiver, queuedAt, notification } of await fleet.store.transaction((tx) => tx.outbox.list('main'))) {
        for (const { subject, change } of notification.alerts) {
          const { timeline, answer } = await explain(fleet.store, monitor, { id: subject.fingerprint, at: queuedAt, now })
          expect(timeline, `${receiver} ${subject.rule} ${change}`).toContainEqual(expect.objectContaining({ message: id, receiver, at: queuedAt, code: notification.reason }))
          expect(answer.receivers.find((one) => one.receiver === receiver)?.messages).toContainEqual({ id, at: queuedAt, reason: expect.any(String), end: change === 'resolved', outcome: 'queued' })
        }
      }
    }))

  it('of an alert that fires and that nobody was told of there is a reason, and it is the one that decided', LIMIT, () =>
    property(async (history) => {
      await live(history, async ({ fleet, monitor, now }, step) => {
        if (step.do !== 'cycle' || fleet.last === undefined) return
        const { alerts, decisions } = fleet.last.result
        const rows = await fleet.store.transaction((tx) => tx.outbox.list('main'))
        for (const { subject, state } of alerts.filter((one) => one.state.level !== 'none')) {
          const { fingerprint } = subject
          const { answer } = await explain(fleet.store, monitor, { id: fingerprint, now })
          // By whoever was a receiver then.
          const told = rows.some(({ notification }) => notification.alerts.some((one) => one.subject.fingerprint === fingerprint && one.episodeId === state.episode?.id && one.change !== 'resolved'))
          // Of one that flaps it is told what the episodes before brought.
          if (!state.flapping) expect(answer.code === 'onItsWay', answer.text).toBe(told)
          expect(told || answer.reason !== undefined || answer.receivers.length > 0, answer.text).toBe(true)
          for (const receiver of new Set(decisions.map((one) => one.receiver))) {
            const own = decisions.filter((one) => one.receiver === receiver && one.alerts.some((alert) => alert.fingerprint === fingerprint))
            const muted = own.flatMap((one) => one.muted.filter((mute) => mute.fingerprint === fingerprint))
            if (own.length === 1 && muted[0] !== undefined) expect(answer.receivers.find((one) => one.receiver === receiver)?.silent.code).toBe(muted[0].reason.by)
          }
        }
      })
    }))

  it('a cycle in which nothing is new leaves no decision', LIMIT, () =>
    property(async (history) => {
      const { fleet, now } = await live(history)
      const count = async (): Promise<{ readonly decisions: number; readonly messages: number }> =>
        fleet.store.transaction(async (tx) => ({ decisions: (await tx.decisions.list({ monitor: 'main', from: -1, until: Infinity, limit: 1e6 })).length, messages: (await tx.outbox.list('main')).length }))
      // Clocks, timers and steps run out; then only repeats are left, each with its message.
      // At noon, when no window opens or closes for hours.
      let at = Math.ceil(now / 86_400_000) * 86_400_000 + 12 * 3_600_000
      const pass = async (): Promise<void> => {
        at += 60_000
        await fleet.cycle({ a: { cpu: 91, disk: 91 }, b: 91, c: 20 }, at)
      }
      for (let minute = 0; minute < 60; minute++) await pass()
      const before = await count()
      for (let minute = 0; minute < 30; minute++) {
        await pass()
        if (minute % 10 === 5) await fleet.restart()
      }
      const after = await count()
      expect(after.decisions - before.decisions).toBe(after.messages - before.messages)
    }))
})
