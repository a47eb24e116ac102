import { escalationRoute, formatDuration, type Labels, levelWord, type ListedSilence, type MatchedRoute, oneLine, type RouteNode, type Severity } from '@tocsin/core'
import type { WindowNow } from '../run/windows-now.ts'
import { type Cell, columns } from '../text/columns.ts'
import { levelStyle, type Paint } from '../text/paint.ts'
import { isoTime } from './cycle-json.ts'
import { intervalsText, windowText } from './interval-words.ts'
import { afterText, groupText, namesText, routeName, wayDown } from './route-words.ts'
import { silenceId, silenceText } from './silence-words.ts'
import type { Telling } from './timeline.ts'

/** What becomes of an alert at one level. */
export interface LevelRoutes {
  readonly level: Severity
  readonly matched: readonly MatchedRoute[]
  /** That hide it now. */
  readonly silences: readonly ListedSilence['silence'][]
  readonly timeline: readonly Telling[]
}

/** What routes are made of. */
export interface RouteScene {
  readonly tree: RouteNode
  readonly windows: Windows
}

type Windows = ReadonlyMap<string, WindowNow>

export interface RoutedLayout {
  readonly now: number
  /** IANA zone of the monitor. */
  readonly timeZone: string
  readonly paint: Paint
}

const REASONS: Readonly<Record<MatchedRoute['reason'], string>> = {
  matched: 'its conditions hold',
  noChildMatched: 'its conditions hold, and those of no route below it',
  root: 'it has what no other route takes',
}

/** What becomes of an alert, for people: the routes that take it, then who is told when. */
export function routedLines({ level, matched, silences, timeline }: LevelRoutes, labels: Labels, { tree, windows }: RouteScene, { now, timeZone, paint }: RoutedLayout): string[] {
  const silent = (rule: string, names: readonly string[]): string[] => windowsOf(names, windows).map((window) => `  silent ${rule} ${windowText(window, now, timeZone)}`)
  return [
    `${paint(levelStyle(level), levelWord(level))} ${Object.entries(labels).map(([name, value]) => oneLine(`${name}=${value}`)).join(' ')}`,
    ...matched.flatMap((route) => [
      `${routeName(route)}${route.path.length === 0 ? '' : ` ${oneLine(wayDown(tree, route.path))}`}: ${REASONS[route.reason]}`,
      `  tells ${namesText(route.receivers)}, ${groupText(route.groupBy)}`,
      `  first ${firstText(route)}, news every ${formatDuration(route.groupInterval)}, again every ${formatDuration(route.repeatInterval)}`,
      ...silent('in', route.muteWindows),
      ...silent('but in', route.activeWindows),
    ]),
    ...silences.map((silence) => `${silenceText(silence, now)} (${silenceId(silence)}): nothing of this is told while it holds`),
    ...(timeline.length === 0 ? ['nobody is told'] : ['', ...timelineTable(timeline, escalationRoute(matched), windows, paint)]),
  ]
}

const firstText = ({ groupWait }: MatchedRoute): string => (groupWait === 0 ? 'at once' : `${formatDuration(groupWait)} after it fires (at once if it was pending that long)`)

const windowsOf = (names: readonly string[], windows: Windows): WindowNow[] => names.map((name) => windows.get(name)).filter((window) => window !== undefined)

/** The names of the windows that keep a route silent now. */
function silentBy({ muteWindows, activeWindows }: MatchedRoute, windows: Windows): readonly string[] {
  const holds = (name: string): boolean => windows.get(name)?.holds === true
  const shut = muteWindows.filter(holds)
  return activeWindows.some(holds) ? shut : [...shut, ...activeWindows]
}

function timelineTable(timeline: readonly Telling[], climbs: MatchedRoute | undefined, windows: Windows, paint: Paint): string[] {
  const why = (by: Telling['by']): string => {
    const route = 'route' in by ? by.route : climbs
    const silent = route === undefined ? [] : silentBy(route, windows)
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
export function routedJson({ level, matched, silences, timeline }: LevelRoutes, { tree, windows }: RouteScene) {
  const windowsJson = (names: readonly string[]) => windowsOf(names, windows).map(({ name, intervals, holds, changesAt }) => ({ name, holdsNow: holds, changesAt: isoTime(changesAt ?? Number.NaN), times: intervalsText(intervals) }))
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
      muteWindows: windowsJson(route.muteWindows),
      activeWindows: windowsJson(route.activeWindows),
      silentNow: silentBy(route, windows).length > 0,
    })),
    silences: silences.map(({ id }) => id),
    timeline: timeline.map(({ after, tells, by }) => ({
      afterSeconds: after / 1_000,
      tells,
      ...('step' in by ? { step: by.step, repeatSeconds: by.repeat === undefined ? null : by.repeat / 1_000 } : { route: by.route.path }),
    })),
  }
}
