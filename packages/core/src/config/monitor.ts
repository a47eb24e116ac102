import { Cron } from 'croner'
import { z } from 'zod'
import { ConfigError, TocsinError } from '../errors.ts'
import type { Severity } from '../model/level.ts'
import type { Channel } from '../plugin/notifier.ts'
import { type CallSite, callSite } from '../plugin/call-site.ts'
import { parseOptions } from '../plugin/parse-options.ts'
import type { Sink } from '../plugin/recorder.ts'
import type { ScheduledReport } from '../plugin/report.ts'
import type { Problem, Watch } from '../plugin/rule.ts'
import { suggest } from '../plugin/suggest.ts'
import { escalationSteps, type RouteInput, routeNode, routeProblems, stepProblems } from '../routing/route-node.ts'
import type { InhibitRule } from '../routing/inhibit.ts'
import { type RouteNode, routeOfLevels } from '../routing/route-tree.ts'
import { compatProblems, withCompat } from './compat.ts'
import { compositeProblems } from './composite-problems.ts'
import { reportProblems } from './report-problems.ts'
import { settings } from './settings.ts'

type Settings = z.output<typeof settings>

const isMade = (value: unknown, mark: 'collector' | 'use'): boolean => typeof value === 'object' && value !== null && mark in value
const watchCall = z.custom<Watch>((value) => isMade(value, 'collector'), 'expected a call of a collector: "host({ ... })"')
const channelCall = z.custom<Channel>((value) => isMade(value, 'use'), 'expected a call of a notifier: "slack({ ... })"')
const sinkCall = z.custom<Sink>((value) => isMade(value, 'use'), 'expected a call of a recorder: "json({ ... })"')
const reportCall = z.custom<ScheduledReport>((value) => isMade(value, 'use'), 'expected a call of a report: "weekly({ ... })"')
const monitorSchema = settings.extend({
  watch: z.array(watchCall),
  notify: z.record(z.string(), channelCall),
  record: z.record(z.string(), sinkCall).default({}),
  reports: z.record(z.string(), reportCall).default({}),
})

/** Reads whatever is sound, so that it is checked although something else is not. */
const soundParts = z
  .object({
    watch: z.array(watchCall.optional().catch(undefined)).catch([]),
    notify: z.record(z.string(), channelCall.optional().catch(undefined)).catch({}),
    record: z.record(z.string(), sinkCall.optional().catch(undefined)).catch({}),
    reports: z.record(z.string(), reportCall.optional().catch(undefined)).catch({}),
    route: z.unknown().optional(),
    muteWindows: z.array(z.object({ name: z.string().catch('') }).catch({ name: '' })).catch([]),
    steps: escalationSteps.catch([]),
  })
  .catch({ watch: [], notify: {}, record: {}, reports: {}, route: undefined, muteWindows: [], steps: [] })

/** What `defineMonitor` takes. `N` carries the names in `notify`, so that `route` completes them. */
export interface MonitorSpec<N extends Readonly<Record<string, Channel>>> extends Readonly<Omit<z.input<typeof settings>, 'route'>> {
  /** What to watch: one collector with its rules each. */
  readonly watch: readonly Watch[]
  /** Whom to tell, by a name of your choice. */
  readonly notify: N
  /** Where to keep what is seen, besides the store, by a name of your choice. Default: nowhere. */
  readonly record?: Readonly<Record<string, Sink>>
  /** Reports that are made and sent by schedule, by a name of your choice. Default: none. */
  readonly reports?: Readonly<Record<string, ScheduledReport<NoInfer<keyof N & string>>>>
  /** Who is told: names of `notify` for each level, or a tree of routes. Default: everybody, everything. */
  readonly route?: Partial<Record<Severity, readonly NoInfer<keyof N & string>[]>> | RouteOf<NoInfer<keyof N & string>>
}

/** A route of a declaration whose receivers are known names. */
type RouteOf<Name extends string> = Omit<RouteInput, 'receivers' | 'routes'> & { readonly receivers?: readonly Name[]; readonly routes?: readonly RouteOf<Name>[] }

/** A monitor that is known to be sound: what `run` and `runOnce` take. */
export interface Monitor extends Omit<Settings, 'route' | 'resolveThroughMute' | 'inhibit'> {
  readonly watch: readonly Watch[]
  readonly notify: Readonly<Record<string, Channel>>
  readonly record: Readonly<Record<string, Sink>>
  readonly reports: Readonly<Record<string, ScheduledReport>>
  /** The tree of routes; a route of levels is one, too. */
  readonly route: RouteNode
  readonly resolveThroughMute: boolean
  readonly inhibit: readonly InhibitRule[]
}

/**
 * Composes a monitor.
 *
 * @throws ConfigError with everything that is wrong, at once.
 */
export function defineMonitor<const N extends Readonly<Record<string, Channel>>>(spec: MonitorSpec<N>): Monitor {
  const { monitor, problems } = checkMonitor(spec)
  if (monitor !== undefined) return monitor
  const where = positionOf(callSite(defineMonitor))
  throw new ConfigError(
    problems.map(({ error }) => error.at(where)),
    problems.map(({ path }) => path),
  )
}

/** The monitor, or everything that is wrong with it by path. The loader adds file positions to the paths. */
export function checkMonitor(spec: unknown): { readonly monitor?: Monitor; readonly problems: readonly Problem[] } {
  const parsed = parseOptions(monitorSchema, spec)
  const { watch, notify, record, reports, route, muteWindows, steps } = soundParts.parse(spec)
  const names = Object.keys(notify)
  const problems = [
    ...(parsed.ok ? [...scheduleProblems(parsed.options), ...compositeProblems(parsed.options, rulesOf(watch)), ...compatProblems(parsed.options)] : parsed.problems),
    ...watch.flatMap((one, index) => placed(['watch', index], one)),
    ...Object.entries(notify).flatMap(([name, channel]) => placed(['notify', name], channel)),
    ...Object.entries(record).flatMap(([name, sink]) => placed(['record', name], sink)),
    ...Object.entries(reports).flatMap(([name, report]) => placed(['reports', name], report && { ...report, problems: report.problems.length > 0 ? report.problems : reportProblems(report, notify) })),
    ...stepProblems(steps, names, ['steps']),
    ...(route === undefined ? [] : nameProblems(route, names, muteWindows.map(({ name }) => name))),
  ]
  if (!parsed.ok || problems.length > 0) return { problems }
  return { monitor: withCompat({ ...parsed.options, route: routeOf(parsed.options.route, names) }), problems }
}

const rulesOf = (watch: readonly (Watch | undefined)[]): string[] => watch.flatMap((one) => (one?.rules ?? []).map(({ name }) => name))

function placed(base: readonly PropertyKey[], made: Pick<Watch | Channel | Sink | ScheduledReport, 'problems' | 'site'> | undefined): Problem[] {
  return (made?.problems ?? []).map(({ path, error }) => ({ path: [...base, ...path], error: error.at(positionOf(made?.site)) }))
}

function positionOf(site: CallSite | undefined): string | undefined {
  return site && `${site.file}:${site.line}:${site.column}`
}

function scheduleProblems({ schedule, timeZone }: Settings): Problem[] {
  if (schedule === undefined) return []
  try {
    new Cron(schedule, { timezone: timeZone, paused: true })
    return []
  } catch (cause) {
    return [{ path: ['schedule'], error: new TocsinError('E103', `"schedule" is not a cron pattern`, { fix: 'write five fields: "*/5 * * * *"', cause }) }]
  }
}

/** Names that lead nowhere, in a route of levels or a tree. A route that is not sound itself is left to its schema. */
function nameProblems(route: unknown, receivers: readonly string[], windows: readonly string[]): Problem[] {
  const levels = levelNames.parse(route)
  if (levels.warning !== undefined || levels.critical !== undefined) {
    return Object.entries(levels).flatMap(([severity, named = []]) =>
      named.flatMap((name, index) =>
        typeof name !== 'string' || receivers.includes(name) ? [] : [{ path: ['route', severity, index], error: new TocsinError('E106', `unknown notifier "${name}"`, { fix: suggest(name, receivers) }) }],
      ),
    )
  }
  const tree = routeNode.safeParse(route)
  return tree.success ? routeProblems(tree.data, { receivers, windows }, ['route']) : []
}

const names = z.array(z.unknown()).optional().catch(undefined)
const levelNames = z.object({ warning: names, critical: names }).catch({})

function routeOf(route: Settings['route'], names: readonly string[]): RouteNode {
  if (route === undefined) return routeOfLevels(names)
  if (isTree(route)) return route
  const { warning = [], critical = warning } = route
  return routeOfLevels(warning, critical)
}

function isTree(route: NonNullable<Settings['route']>): route is RouteNode {
  return !('warning' in route || 'critical' in route)
}
