import type { MatchedRoute } from '@tocsin/core'
import { describe, expect, it } from 'vitest'
import { anAlert, NOON } from '../testing/builders.ts'
import { alertText } from './alert-text.ts'
import { attentionNow, attentionWords } from './attention-words.ts'
import { intervalsText } from './interval-words.ts'
import { matchersText } from './silence-words.ts'
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
    expect(attentionNow(said, alert, NOON + HOUR - 1)).toEqual({ ack: said.ack, snooze: said.snooze })
    expect(attentionNow(said, alert, NOON + HOUR)).toEqual({ snooze: said.snooze })
    expect(attentionNow({ ...said, ack: { by: 'ann', at: NOON, sticky: true } }, alert, NOON + 2 * HOUR)).toEqual({})
    expect(attentionNow({ ...said, episodeId: 'another' }, alert, NOON)).toEqual({})
    expect(attentionNow(undefined, alert, NOON)).toEqual({})
  })
})

it('writes intervals as their schema takes them', () => {
  expect(intervalsText([{ timeZone: 'UTC' }])).toBe('always UTC')
  expect(intervalsText([])).toBe('never')
  expect(intervalsText([{ times: [{ from: 1_320, to: 1_800 }, { from: 0, to: 1_440 }], daysOfMonth: [{ first: 1, last: 5 }], timeZone: 'UTC' }, { months: [{ first: 12, last: 12 }], timeZone: 'Europe/Berlin' }])).toBe('22:00-06:00,00:00-24:00 days 1:5 UTC, or december Europe/Berlin')
})

it('quotes what matchers need quoted', () => {
  expect(matchersText([{ name: 'a name', type: '!=', value: 'x"y\u001B[31m' }, { name: 'tag_team', type: '=~', value: '\\d+' }])).toBe('"a name"!="x\\"y\\u001b[31m",tag_team=~"\\\\d+"')
})

describe('the timeline of an alert', () => {
  const route = (over: Partial<MatchedRoute>): MatchedRoute => ({ path: [], receivers: ['ops'], groupBy: [], groupWait: 30_000, groupInterval: MINUTE, repeatInterval: HOUR, steps: [], muteWindows: [], activeWindows: [], reason: 'root', ...over })
  const told = (...args: Parameters<typeof timelineOf>) => timelineOf(...args).map(({ after, tells, by }) => [after, tells.join(), 'step' in by ? by.step : by.route.path])

  it('follows the first route that has steps, in the order of time', () => {
    const routes = [route({ path: [0], receivers: [] }), route({ path: [1], steps: [{ after: HOUR, notify: ['boss'] }, { after: 0, notify: ['lead'] }] }), route({ path: [2], receivers: ['log'], groupWait: 0, steps: [{ after: 0, notify: ['never'] }] })]
    expect(told(routes, 'critical')).toEqual([[0, 'log', [2]], [0, 'lead', 1], [30_000, 'ops', [1]], [HOUR, 'boss', 2]])
  })

  it('counts the steps of the level, and moves up those behind one with nobody to tell', () => {
    const steps = [{ after: MINUTE, notify: ['a'], level: 'warning' }, { after: 2 * MINUTE, notify: [] }, { after: 10 * MINUTE, notify: [] }, { after: 12 * MINUTE, notify: ['b'] }, { after: 15 * MINUTE, notify: ['c'] }] as const
    expect(told([route({ receivers: [], steps })], 'critical')).toEqual([[2 * MINUTE, 'b', 3], [5 * MINUTE, 'c', 4]])
    expect(told([route({ receivers: [], steps })], 'warning')).toEqual([[MINUTE, 'a', 1], [2 * MINUTE, 'b', 4], [5 * MINUTE, 'c', 5]])
  })
})
