import { escalationRoute, type Labels, type MatchedRoute, receiversOf, type Severity } from '@tocsin/core'

/** Somebody is told of an alert that goes on and that nobody takes on. */
export interface Telling {
  /** Milliseconds since it fired, without the time in which it is muted or snoozed. */
  readonly after: number
  /** Never empty. */
  readonly tells: readonly string[]
  /** The route that tells, or the step of the escalation, counted from 1 among those of the level. */
  readonly by: { readonly route: MatchedRoute } | { readonly step: number; readonly repeat: number | undefined }
}

export interface ToldAlert {
  readonly labels: Labels
  readonly level: Severity
}

/**
 * Who is told when, in the order of time: first by each route that takes the alert, then by the steps of the first route that has any.
 *
 * @param everybody names of all receivers: those who are told of an alert of Tocsin about itself that its routes tell to nobody.
 */
export function timelineOf(matched: readonly MatchedRoute[], { labels, level }: ToldAlert, everybody: readonly string[]): readonly Telling[] {
  const subject = { rule: labels['rule'] ?? '', resource: { name: labels['name'] ?? '' } }
  const first = receiversOf(subject, matched, everybody).map(({ route, receivers }): Telling => ({ after: route.groupWait, tells: receivers, by: { route } }))
  const climbs = escalationRoute(matched)
  const steps = climbs === undefined ? [] : climbOf(climbs, level).map((telling): Telling => ({ ...telling, tells: receiversOf(subject, [{ ...climbs, receivers: telling.tells }], []).flatMap(({ receivers }) => receivers) }))
  return [...first, ...steps].filter(({ tells }) => tells.length > 0).toSorted((a, b) => a.after - b.after)
}

function climbOf({ steps }: MatchedRoute, level: Severity): Telling[] {
  const own = steps.filter((step) => (step.level ?? level) === level).toSorted((a, b) => a.after - b.after)
  const climb: Telling[] = []
  let saved = 0
  for (const [index, { after, notify, repeat }] of own.entries()) {
    // A step with nobody to tell is left out at once, so those behind it come that much earlier.
    if (notify.length === 0) saved += (own[index + 1]?.after ?? after) - after
    else climb.push({ after: after - saved, tells: notify, by: { step: index + 1, repeat } })
  }
  return climb
}
