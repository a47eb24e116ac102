import { describe, expect, it } from 'vitest'
import { schemaProblems } from '../plugin/schema-problems.ts'
import { muteWindow, muteWindowSchema } from './mute-window-schema.ts'

const problemsOf = (interval: unknown, schema = muteWindow): string[] => {
  const input = { name: 'nights', intervals: [interval] }
  const parsed = schema.safeParse(input)
  return parsed.success ? [] : schemaProblems(parsed.error, schema, input).map(({ path, error }) => `${path.slice(2).join('.')}: ${error.code} ${error.fix}`)
}
const strict = muteWindowSchema({ compat: 'alertmanager' })

describe('muteWindow', () => {
  it('reads everything', () => {
    const interval = {
      times: [{ from: '09:30', to: '24:00' }, { from: '22:00', to: '06:00' }, { from: '22:00', to: '00:00' }],
      weekdays: ['monday:Friday', 'sunday'],
      daysOfMonth: [15, '1:5', '-3:-1', '+20:-1'],
      months: ['january:march', '5', 6, '7:december'],
      years: ['2026:2027', 2030],
      timeZone: 'Europe/Berlin',
    }
    expect(muteWindow.parse({ name: 'nights', intervals: [interval, {}] })).toEqual({
      name: 'nights',
      intervals: [
        {
          times: [{ from: 570, to: 1_440 }, { from: 1_320, to: 1_800 }, { from: 1_320, to: 1_440 }],
          weekdays: [{ first: 1, last: 5 }, { first: 0, last: 0 }],
          daysOfMonth: [{ first: 15, last: 15 }, { first: 1, last: 5 }, { first: -3, last: -1 }, { first: 20, last: -1 }],
          months: [{ first: 1, last: 3 }, { first: 5, last: 5 }, { first: 6, last: 6 }, { first: 7, last: 12 }],
          years: [{ first: 2026, last: 2027 }, { first: 2030, last: 2030 }],
          timeZone: 'Europe/Berlin',
        },
        { timeZone: 'UTC' },
      ],
    })
  })

  it.each([
    [{ times: [{ from: '9:00', to: '10:00' }] }, 'times.0.from: E103 "09:00": hours have two digits'],
    [{ times: [{ from: '09:00', to: '24:01' }] }, 'times.0.to: E103 a time from "00:00" to "24:00", such as "09:30"'],
    [{ times: [{ from: '09:60', to: '11:00' }] }, 'times.0.from: E103 a time from "00:00" to "24:00", such as "09:30"'],
    [{ times: [{ from: '09:00\n', to: '11:00' }] }, 'times.0.from: E103 a time from "00:00" to "24:00", such as "09:30"'],
    [{ times: [{ from: '09:00' }] }, 'times.0.to: E103 add it: a time from "00:00" to "24:00", such as "09:30"'],
    [{ times: [{ from: 9, to: '10:00' }] }, 'times.0.from: E103 a time from "00:00" to "24:00", such as "09:30"'],
    [{ times: [{ from: '10:00', to: '10:00' }] }, 'times.0.to: E103 an end that is not the start; leave "times" out to mean the whole day'],
    [{ times: [{ from: '24:00', to: '06:00' }] }, 'times.0.to: E103 a start before "24:00"; the day begins at "00:00"'],
    [{ times: [] }, 'times: E103 at least one entry; leave the key out where all match'],
    [{ weekdays: ['mondey'] }, 'weekdays.0: E103 a weekday or a range such as "monday:friday"; "mondey" is none, did you mean "monday"?'],
    [{ weekdays: ['saturday:sunday'] }, 'weekdays.0: E103 "saturday" and "sunday": a week begins with sunday, and no range goes beyond its end'],
    [{ weekdays: ['friday:monday'] }, 'weekdays.0: E103 "friday:saturday" and "sunday:monday": a week begins with sunday, and no range goes beyond its end'],
    [{ weekdays: ['monday:'] }, 'weekdays.0: E103 a weekday or a range such as "monday:friday"; "" is none, known: sunday, monday, tuesday, wednesday, thursday, friday, saturday'],
    [{ weekdays: [true] }, 'weekdays.0: E103 a weekday or a range such as "monday:friday"'],
    [{ daysOfMonth: [0] }, 'daysOfMonth.0: E103 a day from 1 to 31 or, from the end of the month, from -1 to -31, or a range such as "1:5" or "-3:-1"; "0" is none'],
    [{ daysOfMonth: [1.5] }, 'daysOfMonth.0: E103 a day from 1 to 31 or, from the end of the month, from -1 to -31, or a range such as "1:5" or "-3:-1"'],
    [{ daysOfMonth: ['1:2:3'] }, 'daysOfMonth.0: E103 one, or two with a colon between'],
    [{ daysOfMonth: ['5:2'] }, 'daysOfMonth.0: E103 "2:5": the earlier day comes first'],
    [{ daysOfMonth: ['-1:-3'] }, 'daysOfMonth.0: E103 "-3:-1": the earlier day comes first'],
    [{ daysOfMonth: ['-3:5'] }, 'daysOfMonth.0: E103 an end that counts from the end of the month, as the start does: "-3:-1"'],
    [{ daysOfMonth: ['10:-25'] }, 'daysOfMonth.0: E103 an end that can come after the start: day -25 is day 7 at the latest'],
    [{ months: ['13'] }, 'months.0: E103 a month or a range such as "january:march" or "1:3"; "13" is none, known: january, february, march, april, may, june, july, august, september, october, november, december'],
    [{ months: ['november:2'] }, 'months.0: E103 "november:december" and "january:february": no range goes beyond the end of a year'],
    [{ years: ['26'] }, 'years.0: E103 a year or a range such as "2026:2027"; "26" is none'],
    [{ years: ['2027:2026'] }, 'years.0: E103 "2026:2027": the earlier year comes first'],
    [{ timeZone: 'Europe/Berlim' }, 'timeZone: E103 an IANA zone such as "Europe/Berlin"'],
    [{ weekday: ['monday'] }, 'weekday: E102 did you mean "weekdays"?'],
  ])('%j', (interval, problem) => expect(problemsOf(interval)).toEqual([problem]))

  it('shows all problems at once', () => {
    expect(problemsOf({ times: [{ from: '9:00', to: '25:00' }], weekdays: ['monday', 'x'], years: ['x'], month: 5 })).toHaveLength(5)
  })

  it.each([{ intervals: [{}] }, { name: '', intervals: [{}] }, { name: 'x', intervals: [] }, { name: 'x' }, 'x'])('refuses %j', (input) => {
    expect(muteWindow.safeParse(input).success).toBe(false)
  })
})

describe("with compat: 'alertmanager'", () => {
  it.each([
    [{ times: [{ from: '22:00', to: '06:00' }] }, 'times.0.to: E103 an end after the start: Alertmanager has no range past midnight, it takes one to "24:00" and one from "00:00"'],
    [{ times: [{ from: '22:00', to: '00:00' }] }, 'times.0.to: E103 an end after the start: Alertmanager has no range past midnight, it takes one to "24:00" and one from "00:00"'],
    [{ daysOfMonth: ['28:-1'] }, 'daysOfMonth.0: E103 an end that comes after the start in every month: Alertmanager takes day -1 for day 27 there'],
  ])('refuses %j, which is taken else', (interval, problem) => {
    expect(problemsOf(interval)).toEqual([])
    expect(problemsOf(interval, strict)).toEqual([problem])
  })

  it('takes what is taken by both', () => {
    expect(problemsOf({ times: [{ from: '22:00', to: '24:00' }], daysOfMonth: ['27:-1'] }, strict)).toEqual([])
  })
})
