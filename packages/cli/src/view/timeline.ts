import type { MatchedRoute, Severity } from '@tocsin/core'

/** Somebody is told of an alert that goes on and that nobody takes on. */
export interface Telling {
  /** Milliseconds since it fired, without the time in which it is muted or snoozed. */
  readonly after: number
  readonly tells: readonly string[]
  /** The route that tells, or the step of the escalation, counted from 1 among those of the level. */
  readonly by: { readonly route: MatchedRoute } | { readonly step: number; readonly repeat: number | undefined }
}

/** Who is told when, in the order of time: first by each route that takes the alert, then by the steps of the first route that has any. */
export function timelineOf(matched: readonly MatchedRoute[], level: Severity): readonly Telling[] {
  const first = matched.filter(({ receivers }) => receivers.length > 0).map((route): Telling => ({ after: route.groupWait, tells: route.receivers, by: { route } }))
  return [...first, ...climbOf(matched, level)].toSorted((a, b) => a.after - b.after)
}

/** The route whose steps the alert climbs. */
export const climbedRoute = (matched: readonly MatchedRoute[]): MatchedRoute | undefined => matched.find(({ steps }) => steps.length > 0)

function climbOf(matched: readonly MatchedRoute[], level: Severity): Telling[] {
  const own = (climbedRoute(matched)?.steps ?? []).filter((step) => (step.level ?? level) === level).toSorted((a, b) => a.after - b.after)
  const climb: Telling[] = []
  let saved = 0
  for (const [index, { after, notify, repeat }] of own.entries()) {
    // A step with nobody to tell is left out at once, so those behind it come that much earlier.
    if (notify.length === 0) saved += (own[index + 1]?.after ?? after) - after
    else climb.push({ after: after - saved, tells: notify, by: { step: index + 1, repeat } })
  }
  return climb
}
