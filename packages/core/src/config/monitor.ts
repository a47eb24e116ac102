import { Cron } from 'croner'
import type { z } from 'zod'
import { ConfigError, TocsinError } from '../errors.ts'
import type { Severity } from '../model/level.ts'
import type { Channel } from '../plugin/notifier.ts'
import { parseOptions } from '../plugin/parse-options.ts'
import type { Problem, Watch } from '../plugin/rule.ts'
import { suggest } from '../plugin/suggest.ts'
import { settings } from './settings.ts'

type Settings = z.output<typeof settings>

/** What `defineMonitor` takes. `N` carries the names in `notify`, so that `route` completes them. */
export interface MonitorSpec<N extends Readonly<Record<string, Channel>>> extends Readonly<Omit<z.input<typeof settings>, 'route'>> {
  /** What to watch: one collector with its rules each. */
  readonly watch: readonly Watch[]
  /** Whom to tell, by a name of your choice. */
  readonly notify: N
  /** Who is told at which level, by the names in `notify`. Default: everybody, everything. */
  readonly route?: Partial<Record<Severity, readonly NoInfer<keyof N & string>[]>>
}

/** A monitor that is known to be sound: what `run` and `runOnce` take. */
export interface Monitor extends Omit<Settings, 'route'> {
  readonly watch: readonly Watch[]
  readonly notify: Readonly<Record<string, Channel>>
  readonly route: Readonly<Record<Severity, readonly string[]>>
}

/**
 * Composes a monitor.
 *
 * @throws ConfigError with everything that is wrong, at once.
 */
export function defineMonitor<const N extends Readonly<Record<string, Channel>>>(spec: MonitorSpec<N>): Monitor {
  const { monitor, problems } = checkMonitor(spec)
  if (monitor === undefined) throw new ConfigError(problems.map(({ error }) => error))
  return monitor
}

/** The monitor, or everything that is wrong with it by path. The loader adds file positions to the paths. */
export function checkMonitor(spec: MonitorSpec<Readonly<Record<string, Channel>>>): { readonly monitor?: Monitor; readonly problems: readonly Problem[] } {
  const { watch, notify, ...rest } = spec
  const parsed = parseOptions(settings, rest)
  const problems = [
    ...(parsed.ok ? scheduleProblems(parsed.options) : parsed.problems),
    ...watch.flatMap((one, index) => placed(['watch', index], one)),
    ...Object.entries(notify).flatMap(([name, channel]) => placed(['notify', name], channel)),
    ...routeProblems(rest.route, Object.keys(notify)),
  ]
  if (!parsed.ok || problems.length > 0) return { problems }
  const { route, ...options } = parsed.options
  return { monitor: { ...options, watch, notify, route: routeOf(route, Object.keys(notify)) }, problems }
}

function placed(base: readonly PropertyKey[], { problems, site }: Pick<Watch | Channel, 'problems' | 'site'>): Problem[] {
  const where = site && `${site.file}:${site.line}:${site.column}`
  return problems.map(({ path, error }) => ({ path: [...base, ...path], error: error.at(where) }))
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

function routeProblems(route: MonitorSpec<Readonly<Record<string, Channel>>>['route'], names: readonly string[]): Problem[] {
  if (typeof route !== 'object') return []
  return Object.entries(route).flatMap(([severity, receivers]) =>
    (Array.isArray(receivers) ? (receivers as readonly unknown[]) : []).flatMap((name, index) =>
      typeof name === 'string' && !names.includes(name)
        ? [{ path: ['route', severity, index], error: new TocsinError('E106', `unknown notifier "${name}"`, { fix: suggest(name, names) }) }]
        : [],
    ),
  )
}

function routeOf(route: Settings['route'], names: readonly string[]): Record<Severity, readonly string[]> {
  if (route === undefined) return { warning: names, critical: names }
  const { warning = [], critical = warning } = route
  return { warning, critical }
}
