import type { Monitor } from '../config/monitor.ts'
import type { Letters } from '../delivery/letters.ts'
import { TocsinError } from '../errors.ts'
import type { Letter } from '../model/letter.ts'
import type { Report, ReportContext, ReportedMonitor } from '../plugin/report.ts'
import type { Services } from '../plugin/services.ts'
import type { ReportIssue } from '../store/outbox.ts'
import { pastOf } from '../store/past.ts'
import type { Store } from '../store/store.ts'
import { subjectOf } from '../alerting/subject.ts'

export function createLetters(monitor: Monitor, store: Store, services: Services): Letters {
  const opened = new Map<string, Report>()
  const letters = new Map<string, { readonly period: string; readonly letter: Promise<Letter> }>()

  const compose = async ({ name, period }: ReportIssue, signal: AbortSignal): Promise<Letter> => {
    const scheduled = monitor.reports[name]
    if (scheduled === undefined) throw new TocsinError('E106', `report "${name}" is no longer configured`, { where: monitor.name, fix: 'configure it again, or drop the message', permanent: true })
    const report = opened.get(name) ?? scheduled.open()
    opened.set(name, report)
    return report.compose(period, reportContext(monitor, store, services, { signal, timeZone: scheduled.timeZone ?? monitor.timeZone }))
  }

  return {
    of(issue, signal) {
      const period = JSON.stringify(issue.period)
      const known = letters.get(issue.name)
      if (known?.period === period) return known.letter
      const made = { period, letter: compose(issue, signal) }
      letters.set(issue.name, made)
      // What failed is tried anew.
      made.letter.catch(() => {
        if (letters.get(issue.name) === made) letters.delete(issue.name)
      })
      return made.letter
    },
    async close() {
      for (const report of opened.values()) await report.close?.()
    },
  }
}

/** What a report is given to compose from. */
export function reportContext(monitor: Monitor, store: Store, services: Services, own: Pick<ReportContext, 'signal' | 'timeZone'>): ReportContext {
  return { ...services, ...own, monitor: reportedMonitor(monitor), past: pastOf(store, monitor.name) }
}

const reportedMonitor = ({ name, labels, watch, notify }: Monitor): ReportedMonitor => ({
  name,
  watch,
  receivers: Object.keys(notify),
  fingerprint: (series, rule) => subjectOf(series, rule, { name, labels }).fingerprint,
})
