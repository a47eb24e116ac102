import type { Labels, MatchedRoute, Severity } from '@tocsin/core'
import { describe, expect, it } from 'vitest'
import { anAlert, NOON } from '../testing/builders.ts'
import { alertText } from './alert-text.ts'
import { attentionNow, attentionWords } from './attention-words.ts'
import { windowsNow } from '../run/windows-now.ts'
import { intervalsText, windowText } from './interval-words.ts'
import { matcherSetsText, silenceJson } from './silence-words.ts'
import { timelineOf } from './timeline.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

it('names an alert on one line that is safe to print', () => {
  expect(alertText(anAlert('web-1\u001B[31m', 'critical'))).toMatch(/^RED web-1 cpu 91% \(> 80%\) · prod us-west-2 · web-1/)
})

describe('what people said', () => {
  const alert = anAlert('web-1', 'warning')
  const said = { episodeId: 'web-1-1', level: 'warning', ack: { by: 'ann', at: NOON - 5 * MINUTE, sticky: false, until: NOON + HOUR }, snooze: { by: 'bob', at: NOON, until: NOON + 2 * HOUR, evenCritical: false } } as const

  it('is told with its age and what is left of it', () => {
    expect(attentionWords(attentionNow(said, alert, NOON), NOON)).toEqual(['ann took it on 5m ago', 'snoozed by bob for 2h more'])
    expect(attentionWords({ ack: { ...said.ack, comment: 'a\u001B[31m b' } }, said.ack.at)).toEqual(['ann took it on just now: a b'])
  })

  it('holds until its time, and for the episode that it was said of', () => {
    expect(attentionNow(said, alert, NOON + HOUR - 1)).toMatchObject({ ack: said.ack, snooze: said.snooze })
    expect(attentionNow(said, alert, NOON + HOUR).ack).toBeUndefined()
    expect(attentionNow(said, alert, NOON + HOUR).snooze).toEqual(said.snooze)
    expect(attentionNow({ ...said, ack: { by: 'ann', at: NOON, sticky: true } }, alert, NOON + 2 * HOUR)).toEqual({})
    expect(attentionNow({ ...said, episodeId: 'another' }, alert, NOON)).toEqual({})
    expect(attentionNow(undefined, alert, NOON)).toEqual({})
    expect(attentionNow(said, anAlert('web-1', 'critical'), NOON)).toEqual({})
  })
})

it('writes intervals as their schema takes them', () => {
  expect(intervalsText([{ timeZone: 'UTC' }])).toBe('always UTC')
  expect(intervalsText([])).toBe('never')
  expect(intervalsText([{ times: [{ from: 1_320, to: 1_800 }, { from: 0, to: 1_440 }], daysOfMonth: [{ first: 1, last: 5 }], timeZone: 'UTC' }, { months: [{ first: 12, last: 12 }], timeZone: 'Europe/Berlin' }])).toBe('22:00-06:00,00:00-24:00 days 1:5 UTC, or december Europe/Berlin')
})

it('says of a window whether it holds, and when that changes', () => {
  const Berlin = 'Europe/Berlin'
  const day = (first: number) => [{ first, last: first }]
  // Noon in UTC is 13:00 in Berlin, on a Monday.
  const windows = windowsNow(
    [
      { name: 'nights', intervals: [{ times: [{ from: 1_320, to: 1_800 }], timeZone: Berlin }] },
      { name: 'noon', intervals: [{ times: [{ from: 720, to: 810 }], timeZone: Berlin }] },
      { name: 'sundays', intervals: [{ weekdays: day(0), timeZone: 'UTC' }] },
      { name: 'mondays', intervals: [{ weekdays: day(1), times: [{ from: 0, to: 720 }], timeZone: 'UTC' }] },
      { name: 'worldwide', intervals: [{ times: [{ from: 60, to: 120 }], timeZone: 'Asia/Tokyo' }, { times: [{ from: 900, to: 960 }], timeZone: 'UTC' }] },
      { name: 'always', intervals: [{ timeZone: 'UTC' }] },
      { name: 'past', intervals: [{ years: day(2020), timeZone: 'UTC' }] },
    ],
    NOON,
  )
  const text = (name: string): string | undefined => {
    const window = windows.get(name)
    return window && windowText(window, NOON, 'America/New_York')
  }
  expect(text('nights')).toBe('nights, which does not hold now and opens in 9h (mon 22:00 Europe/Berlin): 22:00-06:00 Europe/Berlin')
  expect(text('noon')).toBe('noon, which holds now and closes in 30m (mon 13:30 Europe/Berlin): 12:00-13:30 Europe/Berlin')
  expect(text('sundays')).toBe('sundays, which does not hold now and opens in 5d 12h (sun 00:00 UTC): sunday UTC')
  // A Monday on which it is Monday says nothing.
  expect(text('mondays')).toBe('mondays, which does not hold now and opens in 6d 12h (2026-01-12 00:00 UTC): 00:00-12:00 monday UTC')
  expect(text('worldwide')).toBe('worldwide, which does not hold now and opens in 3h (mon 10:00 America/New_York): 01:00-02:00 Asia/Tokyo, or 15:00-16:00 UTC')
  expect(text('always')).toBe('always, which holds now and for the next ten years: always UTC')
  expect(text('past')).toBe('past, which does not hold now nor in the next ten years: 2020 UTC')
})

it('writes matchers so that they can be read again, and safe to print', () => {
  const silence = { id: 'a', matcherSets: [[{ name: 'a name', type: '!=', value: 'x"y\u001B[31m' }, { name: 'tag_team', type: '=~', value: '\\d+' }], [{ name: 'b', type: '=', value: '' }]], startsAt: NOON, createdBy: 'ann', comment: '', version: 1 } as const
  expect(matcherSetsText(silence)).toBe('{"a name"!="x\\"y",tag_team=~"\\\\d+"} or {b=""}')
  expect(silenceJson(silence).matchers).toEqual(['{"a name"!="x\\"y\u001B[31m",tag_team=~"\\\\d+"}', '{b=""}'])
})

describe('the timeline of an alert', () => {
  const route = (over: Partial<MatchedRoute>): MatchedRoute => ({ path: [], receivers: ['ops'], groupBy: [], groupWait: 30_000, groupInterval: MINUTE, repeatInterval: HOUR, steps: [], muteWindows: [], activeWindows: [], reason: 'root', ...over })
  const told = (routes: readonly MatchedRoute[], level: Severity, labels: Labels = {}) => timelineOf(routes, { labels, level }, ['ops', 'lead', 'boss']).map(({ after, tells, by }) => [after, tells.join(), 'step' in by ? by.step : by.route.path])

  it('follows the first route that has steps, in the order of time', () => {
    const routes = [route({ path: [0], receivers: [] }), route({ path: [1], steps: [{ after: HOUR, notify: ['boss'] }, { after: 0, notify: ['lead'] }] }), route({ path: [2], receivers: ['log'], groupWait: 0, steps: [{ after: 0, notify: ['never'] }] })]
    expect(told(routes, 'critical')).toEqual([[0, 'log', [2]], [0, 'lead', 1], [30_000, 'ops', [1]], [HOUR, 'boss', 2]])
  })

  it('counts the steps of the level, and moves up those behind one with nobody to tell', () => {
    const steps = [{ after: MINUTE, notify: ['a'], level: 'warning' }, { after: 2 * MINUTE, notify: [] }, { after: 10 * MINUTE, notify: [] }, { after: 12 * MINUTE, notify: ['b'] }, { after: 15 * MINUTE, notify: ['c'] }] as const
    expect(told([route({ receivers: [], steps })], 'critical')).toEqual([[2 * MINUTE, 'b', 3], [5 * MINUTE, 'c', 4]])
    expect(told([route({ receivers: [], steps })], 'warning')).toEqual([[MINUTE, 'a', 1], [2 * MINUTE, 'b', 4], [5 * MINUTE, 'c', 5]])
  })

  it('tells of a channel by the others, and of a source to everybody when nobody else is told', () => {
    const routes = [route({ receivers: ['ops', 'log'], steps: [{ after: HOUR, notify: ['ops'] }, { after: 2 * HOUR, notify: ['ops', 'boss'] }] })]
    expect(told(routes, 'warning', { rule: 'tocsin.channel', name: 'ops' })).toEqual([[30_000, 'log', []], [2 * HOUR, 'boss', 2]])
    expect(told([route({ receivers: [] })], 'critical', { rule: 'tocsin.source', name: 'ec2' })).toEqual([[30_000, 'ops,lead,boss', []]])
    expect(told([route({ receivers: [] })], 'critical', { rule: 'tocsin.channel', name: 'lead' })).toEqual([[30_000, 'ops,boss', []]])
    expect(told([route({ receivers: [] })], 'critical', { rule: 'ec2.cpu', name: 'ec2' })).toEqual([])
  })
})
