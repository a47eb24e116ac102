import { formatDuration, type Labels, levelWord, type ListedSilence, type MatchedRoute, type Monitor, oneLine, type Severity } from '@tocsin/core'
import { type Cell, columns } from '../text/columns.ts'
import { levelStyle, type Paint } from '../text/paint.ts'
import { intervalsText } from './interval-words.ts'
import { afterText, groupText, namesText, routeName, wayDown } from './route-words.ts'
import { silenceId, silenceText } from './silence-words.ts'
import { climbedRoute, type Telling, timelineOf } from './timeline.ts'

/** What becomes of an alert at one level. */
export interface LevelRoutes {
  readonly level: Severity
  readonly matched: readonly MatchedRoute[]
  /** That hide it now. */
  readonly silences: readonly ListedSilence['silence'][]
}

export interface RoutedLayout {
  /** Mute windows that hold now, by name. */
  readonly held: ReadonlySet<string>
  readonly now: number
  readonly paint: Paint
}

type Parts = Pick<Monitor, 'route' | 'muteWindows'>

const REASONS: Readonly<Record<MatchedRoute['reason'], string>> = {
  matched: 'its conditions hold',
  noChildMatched: 'its conditions hold, and those of no route below it',
  root: 'it has what no other route takes',
}

/** What becomes of an alert, for people: the routes that take it, then who is told when. */
export function routedLines({ level, matched, silences }: LevelRoutes, labels: Labels, { route: tree, muteWindows }: Parts, { held, now, paint }: RoutedLayout): string[] {
  const timeline = timelineOf(matched, level)
  return [
    `${paint(levelStyle(level), levelWord(level))} ${Object.entries(labels).map(([name, value]) => oneLine(`${name}=${value}`)).join(' ')}`,
    ...matched.flatMap((route) => [
      `${routeName(route)}${route.path.length === 0 ? '' : ` (${wayDown(tree, route.path)})`}: ${REASONS[route.reason]}`,
      `  tells ${namesText(route.receivers)}, ${groupText(route.groupBy)}`,
      `  first ${firstText(route)}, news every ${formatDuration(route.groupInterval)}, again every ${formatDuration(route.repeatInterval)}`,
      ...windowLines(route, muteWindows, held),
    ]),
    ...silences.map((silence) => `${silenceText(silence, now)} (${silenceId(silence)}): nothing of this is told while it holds`),
    ...(timeline.length === 0 ? ['nobody is told'] : ['', ...timelineTable(timeline, { matched, held, paint })]),
  ]
}

const firstText = ({ groupWait }: MatchedRoute): string => (groupWait === 0 ? 'at once' : `${formatDuration(groupWait)} after it fires (at once if it was pending that long)`)

/** The names of the windows that keep a route silent now. */
function silentBy({ muteWindows, activeWindows }: MatchedRoute, held: ReadonlySet<string>): readonly string[] {
  const shut = muteWindows.filter((name) => held.has(name))
  return activeWindows.length > 0 && !activeWindows.some((name) => held.has(name)) ? [...shut, ...activeWindows] : shut
}

function windowLines({ muteWindows, activeWindows }: MatchedRoute, windows: Monitor['muteWindows'], held: ReadonlySet<string>): string[] {
  const line = (rule: string, name: string): string => `  silent ${rule} ${oneLine(name)}, which ${held.has(name) ? 'holds now' : 'does not hold now'}: ${intervalsText(windows.find((window) => window.name === name)?.intervals ?? [])}`
  return [...muteWindows.map((name) => line('in', name)), ...activeWindows.map((name) => line('but in', name))]
}

function timelineTable(timeline: readonly Telling[], { matched, held, paint }: Pick<RoutedLayout, 'held' | 'paint'> & Pick<LevelRoutes, 'matched'>): string[] {
  const climbs = climbedRoute(matched)
  const why = (by: Telling['by']): string => {
    const route = 'route' in by ? by.route : climbs
    const silent = route === undefined ? [] : silentBy(route, held)
    const what = 'route' in by ? routeName(by.route) : `step ${by.step}${by.repeat === undefined ? '' : `, again every ${formatDuration(by.repeat)}`}`
    return `${what}${silent.length === 0 ? '' : `, silent now: ${namesText(silent)}`}`
  }
  const rows = timeline.map(({ after, tells, by }): Cell[] => [{ text: afterText(after) }, { text: namesText(tells) }, { text: why(by) }])
  return [
    ...columns([{ title: 'AFTER', align: 'right' }, { title: 'TELLS' }, { title: 'BY' }], rows, { paint }),
    ...(climbs === undefined ? [] : [`steps are those of ${routeName(climbs)}; they stop once somebody takes the alert on, and wait while it is muted or snoozed`]),
  ]
}

/** The same for programs. */
export function routedJson({ level, matched, silences }: LevelRoutes, { route: tree, muteWindows }: Parts, held: ReadonlySet<string>) {
  const windowJson = (name: string) => ({ name, holdsNow: held.has(name), times: intervalsText(muteWindows.find((window) => window.name === name)?.intervals ?? []) })
  return {
    level,
    routes: matched.map((route) => ({
      path: route.path,
      conditions: wayDown(tree, route.path),
      reason: route.reason,
      receivers: route.receivers,
      groupBy: route.groupBy,
      groupWaitSeconds: route.groupWait / 1_000,
      groupIntervalSeconds: route.groupInterval / 1_000,
      repeatIntervalSeconds: route.repeatInterval / 1_000,
      muteWindows: route.muteWindows.map(windowJson),
      activeWindows: route.activeWindows.map(windowJson),
      silentNow: silentBy(route, held).length > 0,
    })),
    silences: silences.map(({ id }) => id),
    timeline: timelineOf(matched, level).map(({ after, tells, by }) => ({
      afterSeconds: after / 1_000,
      tells,
      ...('step' in by ? { step: by.step, repeatSeconds: by.repeat === undefined ? null : by.repeat / 1_000 } : { route: by.route.path }),
    })),
  }
}
