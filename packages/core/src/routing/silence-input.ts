import { z } from 'zod'
import { TocsinError } from '../errors.ts'
import type { Problem } from '../plugin/rule.ts'
import { duration } from '../plugin/rule-options.ts'
import { type Matcher, matcherSchema, type MatcherSets, patternProblem } from './matcher.ts'
import { muteWindow } from './mute-window-schema.ts'
import { parseMatchers } from './parse-matchers.ts'

const instant = z.union([z.int().min(0), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))], 'a time such as "2026-03-01T22:00:00+01:00", or milliseconds since 1970')
const matcherSet = z.union([z.string(), z.array(z.union([z.string(), matcherSchema])).min(1).max(100)])

const fields = {
  /** Which alerts: `team="db",severity=~"warn.*"`, as a text or a list of which all must hold. Either this or `matcherSets`. */
  matchers: matcherSet.optional(),
  /** Several such, of which one is enough. */
  matcherSets: z.array(matcherSet).min(1).max(100).optional(),
  /** Default: now, and never earlier. */
  startsAt: instant.optional(),
  /** The first instant at which it is over. Either this or `for`; with `untilResolved` and `recurring` it may be left out. */
  endsAt: instant.optional(),
  /** How long it lasts from its start, or from now if it has begun. */
  for: duration.optional(),
  /** Until the last of the alerts that it hides and that go on now has ended. It starts at once. */
  untilResolved: z.boolean().optional(),
  /** Only at these times, again and again: intervals as in a mute window. */
  recurring: muteWindow.shape.intervals.optional(),
  /** Why. Default: empty. */
  comment: z.string().max(4_096).optional(),
}

/** Schema of what a person gives to create a silence. */
export const silenceInput = z.strictObject({ ...fields, createdBy: z.string().min(1).max(256) })

/** Schema of what a person gives to change one: only what is to be different. */
export const silenceChange = z.strictObject({ ...fields, createdBy: z.string().min(1).max(256).optional() })

export type SilenceInput = z.input<typeof silenceInput>
export type SilenceChange = z.input<typeof silenceChange>
type SilenceFields = z.output<typeof silenceChange>

/** The matchers of an input, read, with everything that is wrong with them. `undefined` when it gives none. */
export function readMatcherSets({ matchers, matcherSets }: SilenceFields): { readonly sets?: MatcherSets; readonly problems: readonly Problem[] } {
  if (matchers === undefined && matcherSets === undefined) return { problems: [] }
  if (matchers !== undefined && matcherSets !== undefined) {
    return { problems: [{ path: ['matchers'], error: new TocsinError('E103', '"matchers" and "matcherSets" are both given', { fix: 'keep one of them' }) }] }
  }
  const problems: Problem[] = []
  const given = matcherSets ?? [matchers ?? []]
  const sets = given.map((set, index) => {
    const path = matchers === undefined ? ['matcherSets', index] : ['matchers']
    return (typeof set === 'string' ? [set] : set).flatMap((entry, place) => readEntry(entry, Array.isArray(set) ? [...path, place] : path, problems))
  })
  return { sets, problems }
}

function readEntry(entry: string | Matcher, path: readonly PropertyKey[], problems: Problem[]): readonly Matcher[] {
  try {
    const matchers = typeof entry === 'string' ? parseMatchers(entry).matchers : [entry]
    for (const matcher of matchers) {
      const error = matcher.name === '' ? new TocsinError('E103', 'a matcher has no label name', { fix: 'write name="value"' }) : patternProblem(matcher)
      if (error !== undefined) problems.push({ path, error })
    }
    return matchers
  } catch (error) {
    if (!(error instanceof TocsinError)) throw error
    problems.push({ path, error })
    return []
  }
}
