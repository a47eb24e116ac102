import { type LoadedMonitor, pluginResolver, type ScheduledReport, TocsinError } from '@tocsin/core'
import { pathToFileURL } from 'node:url'
import { usageError } from '../usage-error.ts'

/** Reports that need no configuration, by the period they are about. */
const UNCONFIGURED: Readonly<Record<string, string>> = { hourly: 'hour', daily: 'day', weekly: 'week', monthly: 'month' }

/**
 * The report that a person means: one that is configured under that name, or one of the usual four for everybody who can get reports.
 *
 * @throws TocsinError E600 for another name, E107 where the plugin is not installed.
 */
export async function findReport(name: string, { monitor, file }: LoadedMonitor): Promise<ScheduledReport> {
  if (Object.hasOwn(monitor.reports, name)) return monitor.reports[name] as ScheduledReport
  const period = Object.hasOwn(UNCONFIGURED, name) ? UNCONFIGURED[name] : undefined
  if (period === undefined) throw usageError(`there is no report "${name}"`, `one of: ${[...new Set([...Object.keys(monitor.reports), ...Object.keys(UNCONFIGURED)])].join(', ')}`, 'tocsin report')
  const weekly = await pluginResolver({ from: [pathToFileURL(file).href, import.meta.url] })('report', 'weekly').catch((error: unknown) => {
    throw error instanceof TocsinError ? error.at(`report ${name}`) : error
  })
  const able = Object.entries(monitor.notify).flatMap(([receiver, channel]) => (channel.reports ? [receiver] : []))
  // Without anybody it can still be read here.
  return { ...weekly({ to: ['nobody'], period }), to: able }
}
