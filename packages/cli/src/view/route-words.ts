import { formatDuration, formatMatchers, levelWord, type MatchedRoute, oneLine, type RouteNode } from '@tocsin/core'

/** What a route takes: `{team="db",tier!="test"}`, `RED`, `everything`. */
export function conditionsText({ matchers = [], level }: RouteNode): string {
  const parts = [...(matchers.length === 0 ? [] : [formatMatchers(matchers)]), ...(level === undefined ? [] : [levelWord(level)])]
  return parts.join(' ') || 'everything'
}

/** `root`, or the index of each route on the way down: `route 0.2`. */
export const routeName = ({ path }: Pick<MatchedRoute, 'path'>): string => (path.length === 0 ? 'root' : `route ${path.join('.')}`)

/** What the routes on the way down take, without the root: `{team="db"} > RED`. */
export function wayDown(tree: RouteNode, [index, ...rest]: readonly number[]): string {
  const child = index === undefined ? undefined : tree.routes?.[index]
  return child === undefined ? '' : [conditionsText(child), wayDown(child, rest)].filter((part) => part !== '').join(' > ')
}

export const namesText = (names: readonly string[]): string => names.map(oneLine).join(', ') || 'nobody'

/** Which alerts are told together: `grouped by rule, cluster`. */
export function groupText(groupBy: readonly string[]): string {
  if (groupBy.includes('...')) return 'grouped by all labels'
  return groupBy.length === 0 ? 'all in one group' : `grouped by ${namesText(groupBy)}`
}

/** A length of time from an event on: `at once`, `30s`. */
export const afterText = (ms: number): string => (ms === 0 ? 'at once' : formatDuration(ms))

type Step = MatchedRoute['steps'][number]

/** `15m lead (RED only, again every 30m)`. */
export function stepText({ after, notify, level, repeat }: Step): string {
  const more = [...(level === undefined ? [] : [`${levelWord(level)} only`]), ...(repeat === undefined ? [] : [`again every ${formatDuration(repeat)}`])]
  return `${afterText(after)} ${namesText(notify)}${more.length === 0 ? '' : ` (${more.join(', ')})`}`
}
