import { z } from 'zod'
import type { Problem } from '../plugin/rule.ts'
import { schemaProblems } from '../plugin/schema-problems.ts'
import type { MuteWindow } from './mute-window.ts'
import { intervalParts } from './mute-window-schema.ts'
import { isTimeZone } from './zoned-time.ts'

const parts = intervalParts('alertmanager')
/** A key without a value is as good as left out; an empty list is not, it never matches. */
const list = <Entry extends z.ZodType>(entry: Entry) => z.array(entry).nullish().transform((entries) => entries ?? undefined)

const timeRange = z
  .strictObject({ start_time: parts.time, end_time: parts.time })
  .transform(({ start_time: from, end_time: to }, context) => parts.order(from, to, 'end_time', context))

const location = z
  .string()
  .transform((name) => name || 'UTC')
  .refine(isTimeZone, 'the name of an IANA zone such as "Europe/Berlin"; "Local" would depend on the machine')

const interval = z
  .strictObject({
    times: list(timeRange),
    weekdays: list(parts.weekdays),
    days_of_month: list(parts.daysOfMonth),
    months: list(parts.months),
    years: list(parts.years),
    location: location.nullish(),
  })
  .transform(({ days_of_month: daysOfMonth, location: timeZone, ...same }) => ({ ...same, daysOfMonth, timeZone: timeZone ?? 'UTC' }))

const timeInterval = z
  .strictObject({ name: z.string().min(1, 'a name'), time_intervals: list(interval) })
  .transform(({ name, time_intervals: intervals }) => ({ name, intervals: intervals ?? [] }))

/** What became of an entry of Alertmanager's: the window, or what is wrong with it, with paths inside the entry. */
export interface AlertmanagerInterval {
  /** Missing when there is any problem: part of a window would mute at other times than the whole. */
  readonly window: MuteWindow | undefined
  readonly problems: readonly Problem[]
}

/**
 * Reads one entry of `time_intervals`, or of the older `mute_time_intervals`, of an `alertmanager.yml`: `{ name, time_intervals: [...] }` as
 * its YAML parser gives it. Takes and refuses what Alertmanager takes and refuses, save two: the location `Local`, which only the machine
 * knows, and list entries without a value, which Alertmanager reads as zero (a weekday as Sunday).
 */
export function fromAlertmanagerInterval(entry: unknown): AlertmanagerInterval {
  const parsed = timeInterval.safeParse(entry)
  return parsed.success ? { window: parsed.data, problems: [] } : { window: undefined, problems: schemaProblems(parsed.error, timeInterval, entry) }
}
