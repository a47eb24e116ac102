import type { AlertSubject } from '../model/alert.ts'
import type { Resource } from '../model/resource.ts'
import type { MatchedRoute } from './route-tree.ts'

/** Rules of the alerts that Tocsin raises about itself. */
export const SOURCE_RULE = 'tocsin.source'
export const CHANNEL_RULE = 'tocsin.channel'
export const RECORDER_RULE = 'tocsin.recorder'
export const REPORT_RULE = 'tocsin.report'
export const CONFIGURATION_RULE = 'tocsin.configuration'
const SELF_RULES: readonly string[] = [SOURCE_RULE, CHANNEL_RULE, RECORDER_RULE, REPORT_RULE, CONFIGURATION_RULE]

/** Whether an alert is about Tocsin's own sources, channels, recorders, reports and configuration. */
export const isAboutTocsin = ({ rule }: Pick<AlertSubject, 'rule'>): boolean => SELF_RULES.includes(rule)

/**
 * Who is told of an alert by each of the routes that took it. An alert about a channel is never sent through that channel. An alert
 * about Tocsin itself that the routes would tell to nobody goes to everybody: a blind monitor must not be silent.
 *
 * @param reached who was told by the steps of its escalation: they belong to the route that has the steps.
 */
export function receiversOf(subject: Pick<AlertSubject, 'rule'> & { readonly resource: Pick<Resource, 'name'> }, routes: readonly MatchedRoute[], all: readonly string[], reached: readonly string[] = []): readonly { readonly route: MatchedRoute; readonly receivers: readonly string[] }[] {
  const usable = (names: readonly string[]): string[] => names.filter((name) => subject.rule !== CHANNEL_RULE || name !== subject.resource.name)
  const climbed = reached.length === 0 ? undefined : (escalationRoute(routes) ?? routes[0])
  const told = routes.map((route) => ({ route, receivers: usable(route === climbed ? [...new Set([...route.receivers, ...reached])] : route.receivers) }))
  if (!isAboutTocsin(subject) || routes.some(({ receivers }) => usable(receivers).length > 0)) return told
  return told.slice(0, 1).map(({ route }) => ({ route, receivers: usable(all) }))
}

/** The route whose steps an alert climbs: the first that has any. */
export const escalationRoute = (routes: readonly MatchedRoute[]): MatchedRoute | undefined => routes.find(({ steps }) => steps.length > 0)
