import { Cron } from 'croner'
import { TocsinError } from '../errors.ts'
import type { Channel } from '../plugin/notifier.ts'
import type { ScheduledReport } from '../plugin/report.ts'
import type { Problem } from '../plugin/rule.ts'
import { suggest } from '../plugin/suggest.ts'
import { isTimeZone } from '../routing/zoned-time.ts'

/** What is wrong with a report as part of its monitor: a schedule or a zone that means nothing, receivers that cannot get it. Paths are those of its options. */
export function reportProblems({ to, schedule, timeZone }: Pick<ScheduledReport, 'to' | 'schedule' | 'timeZone'>, notify: Readonly<Record<string, Channel | undefined>>): Problem[] {
  const names = Object.keys(notify)
  const receivers = to.flatMap((name, index): Problem[] => {
    if (!Object.hasOwn(notify, name)) return [{ path: ['to', index], error: new TocsinError('E106', `unknown notifier "${name}"`, { fix: suggest(name, names) }) }]
    const channel = notify[name]
    if (channel === undefined || channel.reports || channel.problems.length > 0) return []
    const able = names.filter((one) => notify[one]?.reports)
    const fix = able.length > 0 ? `send it to ${able.join(' or ')}` : 'add a receiver that carries reports, such as a mail address'
    return [{ path: ['to', index], error: new TocsinError('E103', `"${name}" carries no reports: ${channel.use} has no form for them`, { fix }) }]
  })
  const zone: Problem[] = timeZone === undefined || isTimeZone(timeZone) ? [] : [{ path: ['timeZone'], error: new TocsinError('E103', `"${timeZone}" is no time zone`, { fix: 'write an IANA zone such as "Europe/Berlin"' }) }]
  return [...receivers, ...zone, ...scheduleProblems(schedule)]
}

function scheduleProblems(schedule: string): Problem[] {
  const wrong = (cause?: unknown): Problem[] => [{ path: ['schedule'], error: new TocsinError('E103', `"${schedule}" is not a cron pattern that ever comes`, { fix: 'write five fields: "0 8 * * 1"', cause }) }]
  try {
    return new Cron(schedule, { paused: true }).nextRun() === null ? wrong() : []
  } catch (cause) {
    return wrong(cause)
  }
}
