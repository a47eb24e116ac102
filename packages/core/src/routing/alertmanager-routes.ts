import { asTocsinError, TocsinError } from '../errors.ts'
import { suggest } from '../plugin/suggest.ts'
import { writeDuration } from './alertmanager-duration.ts'
import { unused } from './alertmanager-receivers.ts'
import { literal, type Place } from './alertmanager-source.ts'
import { ALL_LABELS } from './group-key.ts'
import { formatMatcher, type Matcher, patternProblem } from './matcher.ts'
import { parseMatchers } from './parse-matchers.ts'
import type { RouteInput } from './route-node.ts'

/** What routes refer to, and what was said already. */
export interface RouteContext {
  readonly notifiersOf: ReadonlyMap<string, readonly string[]>
  readonly windows: readonly string[]
  /** Notes a label that Prometheus sets and Tocsin does not. */
  readonly note: (label: string, place: Place) => void
}

/** An inhibit rule as declarations write it. */
export interface InhibitInput {
  readonly name: string
  readonly source: readonly string[]
  readonly target: readonly string[]
  readonly equal: readonly string[]
  readonly equalMissing: 'match'
}

/** Labels that rules of Prometheus carry, and what stands for them here. */
const PROMETHEUS_LABELS: Readonly<Record<string, string>> = {
  alertname: 'alerts here have no such label unless their rules give it: the label "rule" names what was judged',
  severity: 'alerts here have a level in its place: write "level: critical" or give the rules such a label',
}

/** Lists each label of Prometheus once, where it first stands. */
export function noteLabels(): RouteContext['note'] {
  const noted = new Set<string>()
  return (label, place) => {
    const why = Object.hasOwn(PROMETHEUS_LABELS, label) ? PROMETHEUS_LABELS[label] : undefined
    if (why === undefined || noted.has(label)) return
    noted.add(label)
    place.list(`the label "${label}" is asked for`, why)
  }
}

/** The tree, or nothing when there is none. */
export function readRoot(place: Place, context: RouteContext): RouteInput | undefined {
  if (!place.given) {
    place.refuse('there is no route', 'add "route:" with the receiver of all alerts that no other route takes')
    return undefined
  }
  if (place.at('receiver').peek() === undefined) place.refuse('the root route has no receiver', 'add the receiver of all alerts that no other route takes')
  const fix = 'leave it out, or put it on a route below: the root takes every alert at all times'
  for (const key of ['match', 'match_re', 'matchers', 'mute_time_intervals', 'active_time_intervals']) {
    const own = place.at(key)
    if (own.given && (key.startsWith('match') && key !== 'matchers' ? own.entries() : own.items()).length > 0) own.refuse(`the root route cannot have "${key}"`, fix)
  }
  if (place.at('continue').flag() === true) place.at('continue').refuse('the root route cannot have "continue"', fix)
  return readRoute(place, context)
}

function readRoute(place: Place, context: RouteContext): RouteInput {
  if (!place.given) place.refuse('a route is empty', 'write its receiver, or leave the empty item out')
  const receiver = place.at('receiver').text()
  const notifiers = receiver === undefined ? undefined : context.notifiersOf.get(receiver)
  if (receiver !== undefined && notifiers === undefined) place.at('receiver').refuse(`unknown receiver "${receiver}"`, suggest(receiver, [...context.notifiersOf.keys()]), 'E106')
  const matchers = readMatchers(place, '', context)
  const groupBy = readGroupBy(place.at('group_by'), context)
  const [wait, interval, repeat] = [place.at('group_wait').duration(), positive(place.at('group_interval')), positive(place.at('repeat_interval'))]
  const [mute, active] = [readNames(place.at('mute_time_intervals'), context), readNames(place.at('active_time_intervals'), context)]
  const routes = place.at('routes').items().map((child) => readRoute(child, context))
  return {
    ...(matchers.length > 0 && { matchers: writeMatchers(matchers) }),
    ...(notifiers !== undefined && { receivers: notifiers.map(literal) }),
    ...(groupBy !== undefined && { groupBy }),
    ...(wait !== undefined && { groupWait: writeDuration(wait) }),
    ...(interval !== undefined && { groupInterval: writeDuration(interval) }),
    ...(repeat !== undefined && { repeatInterval: writeDuration(repeat) }),
    ...(mute.length > 0 && { muteWindows: mute }),
    ...(active.length > 0 && { activeWindows: active }),
    ...(place.at('continue').flag() === true && { continue: true }),
    ...(routes.length > 0 && { routes }),
  }
}

function positive(place: Place): number | undefined {
  const ms = place.duration()
  if (ms === 0) place.refuse(`"${place.path.at(-1)}" cannot be zero`, 'write a longer one: "5m"')
  return ms
}

function readGroupBy(place: Place, context: RouteContext): string[] | undefined {
  if (!place.given) return undefined
  const items = place.items()
  const labels = items.map((item) => readLabel(item, context))
  labels.forEach((label, index) => {
    if (labels.indexOf(label) !== index) items[index]?.refuse(`the label "${label}" stands twice in "group_by"`, 'keep one of the two')
  })
  if (labels.length > 1 && labels.includes(ALL_LABELS)) items[labels.indexOf(ALL_LABELS)]?.refuse(`"${ALL_LABELS}" cannot stand beside other labels`, `it stands for all labels: write it alone, or leave it out`)
  return labels.map(literal)
}

function readLabel(place: Place, { note }: RouteContext): string {
  const label = place.text() ?? ''
  if (label === '') place.refuse('a label has no name', 'write the name of a label')
  note(label, place)
  return label
}

function readNames(place: Place, { windows }: RouteContext): string[] {
  return place.items().map((item) => {
    const name = item.text() ?? ''
    if (!windows.includes(name)) item.refuse(`unknown time interval "${name}"`, suggest(name, windows))
    return literal(name)
  })
}

/** The old keys by label and the new list, together. */
function readMatchers(place: Place, side: '' | 'source_' | 'target_', { note }: RouteContext): Matcher[] {
  const found: Matcher[] = []
  const add = (from: Place, matcher: Matcher): void => {
    const problem = patternProblem(matcher)
    if (problem !== undefined) from.adopt({ path: [], error: problem })
    note(matcher.name, from)
    found.push(matcher)
  }
  for (const [key, type] of [['match', '='], ['match_re', '=~']] as const) {
    const map = place.at(`${side}${key}`)
    for (const [name, value] of map.given ? map.entries() : []) {
      if (!/^[A-Za-z_]\w*$/.test(name)) value.refuse(`"${name}" cannot be the name of a label here`, `write it as a matcher under "${side}matchers"`)
      if (type === '=~' && !value.given) value.refuse(`the pattern of "${name}" is missing`, 'write an RE2 pattern')
      add(value, { name, type, value: value.text() ?? '' })
    }
  }
  for (const item of place.at(`${side}matchers`).items()) {
    try {
      for (const matcher of parseMatchers(item.text() ?? '').matchers) add(item, matcher)
    } catch (error) {
      item.adopt({ path: [], error: asTocsinError(error, 'E103', { fix: 'write it as \'team="db"\'' }) })
    }
  }
  return found
}

const writeMatchers = (matchers: readonly Matcher[]): string[] => matchers.map((matcher) => literal(formatMatcher(matcher)))

/** The inhibit rules, each with a name of its own. */
export function readInhibitRules(place: Place, context: RouteContext): readonly InhibitInput[] {
  const taken = new Set<string>()
  return place.items().map((rule, index) => {
    const name = unused(rule.at('name').text() ?? `inhibit-${index + 1}`, taken)
    taken.add(name)
    if (!rule.given) rule.adopt({ path: [], error: new TocsinError('E103', 'an inhibit rule is empty', { fix: 'write its source and target, or leave the empty item out' }) })
    return {
      name: literal(name),
      source: writeMatchers(readMatchers(rule, 'source_', context)),
      target: writeMatchers(readMatchers(rule, 'target_', context)),
      equal: rule.at('equal').items().map((item) => literal(readLabel(item, context))),
      equalMissing: 'match',
    }
  })
}
