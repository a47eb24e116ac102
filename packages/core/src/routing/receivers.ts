import type { AlertSubject } from '../model/alert.ts'
import type { Level, Severity } from '../model/level.ts'

/** Rules of the alerts that Tocsin raises about itself. */
export const SOURCE_RULE = 'tocsin.source'
export const CHANNEL_RULE = 'tocsin.channel'

/** Whether an alert is about Tocsin's own sources and channels. */
export const isAboutTocsin = ({ rule }: Pick<AlertSubject, 'rule'>): boolean => rule === SOURCE_RULE || rule === CHANNEL_RULE

export type Route = Readonly<Record<Severity, readonly string[]>>

/**
 * Who is told of an alert at a level. An alert about a channel is never sent through that channel. An alert about Tocsin itself that
 * the route would tell to nobody goes to everybody: a blind monitor must not be silent.
 */
export function receiversOf(subject: AlertSubject, level: Level, route: Route, all: readonly string[]): readonly string[] {
  if (level === 'none') return []
  const usable = (names: readonly string[]): string[] => names.filter((name) => subject.rule !== CHANNEL_RULE || name !== subject.resource.name)
  const matched = usable(route[level])
  return matched.length === 0 && isAboutTocsin(subject) ? usable(all) : matched
}
