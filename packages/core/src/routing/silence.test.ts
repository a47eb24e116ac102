import { expect, it } from 'vitest'
import type { MuteInterval } from './mute-window.ts'
import { endSilence, findSilences, hides, openSilence, type Silence, silencesAt, silenceStatus } from './silence.ts'

const HOUR = 3_600_000
const silence = (over: Partial<Silence> = {}): Silence => ({ id: 's', matcherSets: [[{ name: 'team', type: '=', value: 'db' }]], startsAt: 0, endsAt: HOUR, createdBy: 'ann', comment: '', version: 1, ...over })
const waiting = (over: Partial<Silence> = {}): Silence => {
  const { endsAt, ...rest } = silence({ untilResolved: true, ...over })
  return 'endsAt' in over && endsAt !== undefined ? { ...rest, endsAt } : rest
}
const DB = { team: 'db' }

it.each([
  [-1, 'pending', 'notStarted'],
  [0, 'active', 'started'],
  [HOUR - 1, 'active', 'started'],
  [HOUR, 'expired', 'ended'],
])('holds from its start to before its end: %i', (at, state, reason) => {
  expect(silenceStatus({ silence: silence() }, at)).toEqual({ state, reason })
  expect(hides(openSilence(silence()), DB, at)).toBe(state === 'active')
})

it('hides alerts for which one of its sets holds', () => {
  const open = openSilence(silence({ matcherSets: [[{ name: 'team', type: '!=', value: 'db' }], [{ name: 'host', type: '=~', value: 'a.' }, { name: 'team', type: '=', value: 'db' }]] }))
  expect([{}, { team: 'web' }, DB, { ...DB, host: 'a1' }].map((labels) => hides(open, labels, 1))).toEqual([true, true, false, true])
})

it('tells which silences hide an alert, and finds them by labels whatever their state', () => {
  const all = [silence({ id: 'now' }), silence({ id: 'later', startsAt: 10, endsAt: 20 }), silence({ id: 'other', matcherSets: [[{ name: 'team', type: '=', value: 'web' }]] })].map((one) => openSilence(one))
  expect(silencesAt(all, 5)(DB).map(({ id }) => id)).toEqual(['now'])
  expect(silencesAt(all, 10)(DB).map(({ id }) => id)).toEqual(['now', 'later'])
  expect(findSilences(all, { labels: DB }, 5).map(({ id }) => id)).toEqual(['now', 'later'])
  expect(findSilences(all, { labels: DB, states: ['pending'] }, 5).map(({ id }) => id)).toEqual(['later'])
  expect(findSilences(all, { ids: ['other', 'now'], states: ['active'] }, 5).map(({ id }) => id)).toEqual(['now', 'other'])
})

it('recurs by the wall clock of its zone, inside its bounds', () => {
  const saturdayNight: MuteInterval = { times: [{ from: 22 * 60, to: 30 * 60 }], weekdays: [{ first: 6, last: 6 }], timeZone: 'Europe/Berlin' }
  const recurring = silence({ recurring: [saturdayNight], startsAt: Date.UTC(2026, 2, 1), endsAt: Date.UTC(2026, 3, 5) })
  const at = (iso: string) => silenceStatus(openSilence(recurring), Date.parse(iso))
  expect(at('2026-03-28T20:59:59Z')).toEqual({ state: 'pending', reason: 'betweenWindows' })
  expect(at('2026-03-28T21:00:00Z')).toEqual({ state: 'active', reason: 'inWindow' })
  // The clock jumps in that night: six in the morning comes an hour earlier.
  expect(at('2026-03-29T03:59:59Z')).toEqual({ state: 'active', reason: 'inWindow' })
  expect(at('2026-03-29T04:00:00Z')).toEqual({ state: 'pending', reason: 'betweenWindows' })
  expect(at('2026-02-28T21:00:00Z')).toEqual({ state: 'pending', reason: 'notStarted' })
  expect(at('2026-04-05T00:00:00Z')).toEqual({ state: 'expired', reason: 'ended' })
  expect(silenceStatus({ silence: recurring }, Date.parse('2026-03-28T21:00:00Z')).reason).toBe('inWindow')
})

it('until resolved has no end of its own, and one when it is resolved', () => {
  expect(silenceStatus(openSilence(waiting()), 9 * HOUR)).toEqual({ state: 'active', reason: 'untilResolved' })
  const done = endSilence(waiting(), 20, 'resolved')
  expect(silenceStatus({ silence: done }, 20)).toEqual({ state: 'expired', reason: 'resolved' })
})

it('ends early with a reason, and only once', () => {
  const ended = endSilence(silence(), 10, 'expired')
  expect(ended).toMatchObject({ startsAt: 0, endsAt: 10, endReason: 'expired', version: 2 })
  expect(endSilence(ended, 11, 'replaced')).toBe(ended)
  expect(silenceStatus({ silence: ended }, 9).state).toBe('active')
})
