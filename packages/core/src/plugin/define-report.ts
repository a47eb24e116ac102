import { z } from 'zod'
import { ConfigError } from '../errors.ts'
import { callSite } from './call-site.ts'
import { type NoOptions, parseOptions, strict } from './parse-options.ts'
import { API_VERSION } from './plugin.ts'
import type { ReportFactory, ReportSpec, ScheduledReport } from './report.ts'

/** Options of every report. That a pattern, a zone and receivers mean something, is found where the monitor is composed. */
export const reportOptions = z.strictObject({
  to: z.array(z.string()).min(1).describe('Who gets it: names of `notify`.'),
  schedule: z.string().optional().describe("When it is sent: a cron pattern, read in `timeZone`. Default: the report's own."),
  timeZone: z.string().optional().describe("IANA zone of its schedule, its days and its times. Default: the monitor's."),
})
const COMMON = Object.keys(reportOptions.shape)

/**
 * Makes a report plugin.
 *
 * ```ts
 * export const headcount = defineReport({
 *   name: 'headcount',
 *   schedule: () => '0 8 * * *',
 *   period: (_options, at) => ({ from: at - 86_400_000, until: at, name: 'the last day' }),
 *   create: () => ({ async compose(period, { past }) { ... return letter } }),
 * })
 * headcount({ to: ['mail'] })
 * ```
 */
export function defineReport<Schema extends z.ZodType = NoOptions>(spec: ReportSpec<Schema>): ReportFactory<z.input<Schema>> {
  const schema = strict((spec.options ?? z.object({})) as unknown as Schema)

  const scheduled = (options: Record<string, unknown> = {}): ScheduledReport => {
    const entries = Object.entries(options)
    const own = parseOptions(schema, Object.fromEntries(entries.filter(([key]) => !COMMON.includes(key))), COMMON)
    const common = parseOptions(reportOptions, Object.fromEntries(entries.filter(([key]) => COMMON.includes(key))))
    const problems = [...(own.ok ? [] : own.problems), ...(common.ok ? [] : common.problems)]
    const site = callSite(scheduled)
    const refuse = (): never => {
      throw new ConfigError(problems.map(({ error }) => error))
    }
    const { to = [], schedule, timeZone: zone } = common.ok ? common.options : {}
    return {
      use: spec.name,
      to,
      schedule: schedule ?? (own.ok ? spec.schedule(own.options) : ''),
      ...(zone === undefined ? {} : { timeZone: zone }),
      problems,
      ...(site === undefined ? {} : { site }),
      check: () => (own.ok && problems.length === 0 ? (spec.check?.(own.options) ?? []) : []),
      period: (at, monitorZone) => (own.ok ? spec.period(own.options, at, zone ?? monitorZone) : refuse()),
      soFar: (at, monitorZone) => (own.ok ? spec.soFar?.(own.options, at, zone ?? monitorZone) : refuse()),
      open: () => (own.ok && problems.length === 0 ? spec.create(own.options) : refuse()),
    }
  }
  const plugin = { kind: 'report', name: spec.name, apiVersion: API_VERSION, options: schema } as const
  return Object.assign(scheduled, { plugin }) as unknown as ReportFactory<z.input<Schema>>
}
