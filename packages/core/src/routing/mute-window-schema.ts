import { z } from 'zod'
import type { Span, TimeRange } from './mute-window.ts'
import {
  type Compat,
  DAY_OF_MONTH,
  type Expected,
  MONTH,
  orderTimes,
  readDaysOfMonth,
  readMonths,
  readTime,
  readWeekdays,
  readYears,
  TIME,
  WEEKDAY,
  YEAR,
} from './mute-window-text.ts'
import { isTimeZone } from './zoned-time.ts'

/**
 * Schema of a mute window as people write it; its output is a `MuteWindow`.
 *
 * @param compat `alertmanager` refuses what Alertmanager refuses, above all a range past midnight. Default: such a range is taken.
 */
export function muteWindowSchema({ compat }: { readonly compat?: Compat } = {}) {
  const parts = intervalParts(compat)
  const some = <Entry extends z.ZodType>(entry: Entry) => z.array(entry).min(1, 'at least one entry; leave the key out where all match').optional()
  return z.strictObject({
    name: z.string().min(1, 'a name').describe('What routes name it by.'),
    intervals: z
      .array(
        z.strictObject({
          times: some(z.strictObject({ from: parts.time.describe('The beginning: `22:00`.'), to: parts.time.describe('The end, which is no longer part of it: `06:00`.') }).transform(({ from, to }, context) => parts.order(from, to, 'to', context)))
            .describe("`{ from: '22:00', to: '06:00' }`, half-open, to `24:00` at most. An end before the start is on the next day. Default: the whole day."),
          weekdays: some(parts.weekdays).describe('`monday` or `monday:friday`; a week begins with Sunday. Default: all.'),
          daysOfMonth: some(parts.daysOfMonth).describe('`15`, `1:5`; from the end of the month `-1`, `-3:-1`. Default: all.'),
          months: some(parts.months).describe('`december`, `january:march`, `1:3`. Default: all.'),
          years: some(parts.years).describe('`2026`, `2026:2027`. Default: all.'),
          timeZone: z.string().refine(isTimeZone, 'an IANA zone such as "Europe/Berlin"').default('UTC')
            .describe('IANA zone in which the interval is read. Default `UTC`.'),
        }),
      )
      .min(1, 'at least one interval')
      .describe('The window holds when one of these does.'),
  })
}

/** Schema of a mute window, ranges past midnight included. */
export const muteWindow = muteWindowSchema()

/** The schemas of single entries, which do not depend on what their keys are called. */
export function intervalParts(compat: Compat) {
  return {
    time: z.string(TIME).transform(reading(readTime)),
    order(from: number, to: number, key: string, context: z.RefinementCtx): TimeRange {
      return accept(orderTimes(from, to, compat), context, [key])
    },
    weekdays: entry(WEEKDAY, readWeekdays),
    daysOfMonth: entry(DAY_OF_MONTH, (text) => readDaysOfMonth(text, compat)),
    months: entry(MONTH, (text) => readMonths(text, compat)),
    years: entry(YEAR, (text) => readYears(text, compat)),
  }
}

/** An entry of a list of ranges. YAML gives a lone number as a number. */
function entry(expected: Expected, read: (text: string) => Span | Expected) {
  return z.union([z.string(), z.int()], expected).transform(String).transform(reading(read))
}

function reading<Value>(read: (text: string) => Value | Expected) {
  return (text: string, context: z.RefinementCtx): Exclude<Value, string> => accept(read(text), context, [])
}

function accept<Value>(read: Value | Expected, context: z.RefinementCtx, path: PropertyKey[]): Exclude<Value, string> {
  if (typeof read !== 'string') return read as Exclude<Value, string>
  context.addIssue({ code: 'custom', message: read, path })
  return z.NEVER
}
