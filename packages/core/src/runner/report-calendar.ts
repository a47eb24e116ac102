import { createHash } from 'node:crypto'
import type { Monitor } from '../config/monitor.ts'
import { asTocsinError, type TocsinError } from '../errors.ts'
import type { NewOutboxRow, ReportIssue } from '../store/outbox.ts'
import { openCronTimes } from './cron-times.ts'

/** What falls due of a monitor's reports. */
export interface FallenDue {
  readonly rows: readonly NewOutboxRow[]
  /** What is to be remembered: `Progress.reports`. */
  readonly reports: Readonly<Record<string, number>>
  /** Reports that cannot say what their issue is about. Nothing of theirs is remembered, so it is tried again. */
  readonly faults: readonly { readonly name: string; readonly error: TocsinError }[]
  /** When the next one falls due; `Infinity` without reports. */
  readonly nextAt: number
}

/** Knows when the reports of a monitor fall due. Pure but for the zones' rules. */
export interface ReportCalendar {
  /**
   * What has fallen due by `now`. Of issues that were missed while nobody ran, only the latest. A report that is seen for the first time waits for
   * its next time.
   *
   * @param before what was remembered; `undefined` the first time.
   */
  due(before: Readonly<Record<string, number>> | undefined, now: number): FallenDue
}

export function openReportCalendar({ name: monitor, reports, timeZone }: Pick<Monitor, 'name' | 'reports' | 'timeZone'>): ReportCalendar {
  const schedules = new Map(Object.entries(reports).map(([name, report]) => [name, openCronTimes(report.schedule, report.timeZone ?? timeZone)]))

  const rowsOf = (name: string, dueAt: number, queuedAt: number): NewOutboxRow[] => {
    const report = reports[name]
    if (report === undefined) return []
    const issue: ReportIssue = { name, dueAt, period: report.period(dueAt, timeZone) }
    return [...new Set(report.to)].map((receiver) => ({ id: issueId(monitor, receiver, issue), monitor, receiver, key: `${monitor}/report/${name}`, queuedAt, report: issue }))
  }

  return {
    due(before = {}, now) {
      const rows: NewOutboxRow[] = []
      const faults: { readonly name: string; readonly error: TocsinError }[] = []
      const remembered: Record<string, number> = {}
      let nextAt = Infinity
      for (const [name, schedule] of schedules) {
        // A clock that was set back must not keep a report waiting; the id of what was sent already is known.
        const last = Math.min(before[name] ?? now, now)
        let [latest, next] = [last, schedule.after(last)]
        while (next <= now) [latest, next] = [next, schedule.after(next)]
        try {
          if (latest > last) rows.push(...rowsOf(name, latest, now))
          remembered[name] = latest
        } catch (error) {
          remembered[name] = last
          faults.push({ name, error: asTocsinError(error, 'E702', { where: `reports.${name}`, fix: 'tell the author of the report' }) })
        }
        nextAt = Math.min(nextAt, next)
      }
      return { rows, reports: remembered, faults, nextAt }
    },
  }
}

/** By the period, not by when it fell due: a schedule that is changed sends no second letter about the same week. */
function issueId(monitor: string, receiver: string, { name, period: { from, until } }: ReportIssue): string {
  return createHash('sha256').update(JSON.stringify(['report', monitor, name, receiver, from, until])).digest('hex').slice(0, 32)
}
