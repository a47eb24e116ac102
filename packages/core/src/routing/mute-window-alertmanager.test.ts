import { expect, it } from 'vitest'
import { fromAlertmanagerInterval } from './mute-window-alertmanager.ts'

it('reads an entry, numbers and keys without a value included', () => {
  const entry = {
    name: 'offhours',
    time_intervals: [
      { times: [{ start_time: '00:00', end_time: '09:00' }], weekdays: null, days_of_month: [1, -1], months: ['may', 6], years: [2026], location: 'America/New_York' },
      { weekdays: ['saturday', 'sunday'], location: '' },
      {},
    ],
  }
  expect(fromAlertmanagerInterval(entry)).toEqual({
    problems: [],
    window: {
      name: 'offhours',
      intervals: [
        {
          times: [{ from: 0, to: 540 }],
          daysOfMonth: [{ first: 1, last: 1 }, { first: -1, last: -1 }],
          months: [{ first: 5, last: 5 }, { first: 6, last: 6 }],
          years: [{ first: 2026, last: 2026 }],
          timeZone: 'America/New_York',
        },
        { weekdays: [{ first: 6, last: 6 }, { first: 0, last: 0 }], timeZone: 'UTC' },
        { timeZone: 'UTC' },
      ],
    },
  })
})

it('takes what never matches, as Alertmanager does', () => {
  expect(fromAlertmanagerInterval({ name: 'x' }).window).toEqual({ name: 'x', intervals: [] })
  expect(fromAlertmanagerInterval({ name: 'x', time_intervals: [{ times: [], months: ['0:13'] }] }).window).toEqual({
    name: 'x',
    intervals: [{ times: [], months: [{ first: 0, last: 13 }], timeZone: 'UTC' }],
  })
})

it('lists every problem at its place, and gives no part of a window', () => {
  const entry = { name: 'x', time_intervals: [{ weekdays: ['monday'] }, { times: [{ start_time: '22:00', end_time: '06:00' }], location: 'Local', day_of_month: [1] }] }
  const { window, problems } = fromAlertmanagerInterval(entry)
  expect(window).toBeUndefined()
  expect(problems.map(({ path, error }) => `${path.join('.')} ${error.code}`)).toEqual([
    'time_intervals.1.times.0.end_time E103',
    'time_intervals.1.location E103',
    'time_intervals.1.day_of_month E102',
  ])
})

it.each([undefined, null, [], 'x', {}, { name: '' }, { name: 'x', time_intervals: 'x' }, { name: 'x', interval: [] }])('refuses %j', (entry) => {
  const { window, problems } = fromAlertmanagerInterval(entry)
  expect(window).toBeUndefined()
  expect(problems).not.toEqual([])
})
