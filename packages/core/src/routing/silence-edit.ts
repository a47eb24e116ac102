import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { TocsinError } from '../errors.ts'
import type { Labels } from '../model/labels.ts'
import { parseOptions } from '../plugin/parse-options.ts'
import type { Problem } from '../plugin/rule.ts'
import { compileMatcherSets, formatMatchers, matchesEmpty } from './matcher.ts'
import { endSilence, type Silence } from './silence.ts'
import { readMatcherSets, silenceChange, silenceInput } from './silence-input.ts'

export interface SilenceContext {
  /** The id of the silence if one is made. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly now: number
  /** Labels of all alerts that are firing or recovering now: `untilResolved` needs one to wait for. */
  readonly ongoing: Iterable<Labels>
}

/** What an edit did. `updated`: in place. `replaced`: the old one ends now, a new one goes on. `recreated`: the old one was over. */
export type SilenceEditReason = 'updated' | 'replaced' | 'recreated'

/** What to store, or everything that is wrong, by path. */
export type SilenceOutcome<Done> = ({ readonly ok: true } & Done) | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Makes a silence of what a person gave (`silenceInput`).
 *
 * A set whose matchers all hold for empty labels (`team=""`, `team=~".*"`) is refused, as in Alertmanager: it would hide alerts that nobody
 * thought of. So is a silence that has no end, is over already, or waits for alerts none of which goes on.
 */
export function createSilence(input: unknown, context: SilenceContext): SilenceOutcome<{ readonly silence: Silence }> {
  const parsed = parseOptions(silenceInput, input)
  if (!parsed.ok) return parsed
  const { sets, problems } = readMatcherSets(parsed.options)
  if (problems.length > 0) return { ok: false, problems }
  const draft = draftOf({ matcherSets: sets ?? [], startsAt: context.now, comment: '', createdBy: parsed.options.createdBy }, parsed.options, context.now)
  const silence: Silence = { ...draft.silence, startsAt: Math.max(draft.silence.startsAt, context.now), id: context.id, version: 1 }
  const wrong = [...draft.problems, ...fromNow(silence, context)]
  return wrong.length > 0 ? { ok: false, problems: wrong } : { ok: true, silence }
}

/**
 * Changes a silence (`silenceChange`). What it hid in the past stays on record: its matchers never change, and once it has begun neither do
 * its start and its recurrence. A change of those, and any change of a silence that is over, makes a new silence from now on.
 *
 * @param context `id` is used only for a new silence.
 * @returns in `silences` those to store, the old one first. Nothing is to be stored when there are problems.
 */
export function editSilence(silence: Silence, change: unknown, context: SilenceContext): SilenceOutcome<{ readonly reason: SilenceEditReason; readonly silences: readonly Silence[] }> {
  const parsed = parseOptions(silenceChange, change)
  if (!parsed.ok) return parsed
  const { sets, problems } = readMatcherSets(parsed.options)
  if (problems.length > 0) return { ok: false, problems }
  const { now } = context
  const { version, replaces, ...current } = silence
  const draft = draftOf({ ...current, matcherSets: sets ?? current.matcherSets }, parsed.options, now)
  const over = silence.endsAt !== undefined && now >= silence.endsAt
  const inPlace = !over && keepsHistory(silence, draft.silence, now)
  const begun = inPlace && silence.startsAt <= now
  const next: Silence = inPlace
    ? { ...draft.silence, startsAt: begun ? silence.startsAt : draft.silence.startsAt, id: silence.id, version: version + 1, ...(replaces === undefined ? {} : { replaces }) }
    : { ...draft.silence, startsAt: Math.max(draft.silence.startsAt, now), id: context.id, version: 1, replaces: silence.id }
  const wrong = [...draft.problems, ...(begun ? stillOn(silence, next, context) : fromNow(next, context))]
  if (wrong.length > 0) return { ok: false, problems: wrong }
  if (inPlace) return { ok: true, reason: 'updated', silences: [next] }
  return over ? { ok: true, reason: 'recreated', silences: [next] } : { ok: true, reason: 'replaced', silences: [endSilence(silence, now, 'replaced'), next] }
}

/** Ends a silence now. One that has not begun never will; one that is over stays as it is. */
export const expireSilence = (silence: Silence, now: number): Silence => endSilence(silence, now, 'expired')

type Draft = Omit<Silence, 'id' | 'version' | 'endReason' | 'replaces'>

/** What is there, with what is given laid over it. */
function draftOf(base: Draft, given: z.output<typeof silenceChange>, now: number): { readonly silence: Draft; readonly problems: readonly Problem[] } {
  const startsAt = given.startsAt ?? base.startsAt
  const endsAt = given.for === undefined ? (given.endsAt ?? base.endsAt) : Math.max(startsAt, now) + given.for
  const untilResolved = given.untilResolved ?? base.untilResolved
  const recurring = given.recurring ?? base.recurring
  const problems: Problem[] = []
  const wrong = (key: string, what: string, fix: string): void => void problems.push({ path: [key], error: new TocsinError('E103', what, { fix }) })
  if (given.for !== undefined && given.endsAt !== undefined) wrong('for', '"for" and "endsAt" are both given', 'keep one of them')
  if (endsAt === undefined && !untilResolved && recurring === undefined) wrong('endsAt', 'the silence has no end', 'add "for", "endsAt" or "untilResolved"')
  if (untilResolved && recurring !== undefined) wrong('untilResolved', 'a recurring silence cannot wait for alerts to end', 'leave out "untilResolved" or "recurring"')
  if (base.matcherSets.length === 0) wrong('matchers', '"matchers" is missing', 'add it: matchers: \'team="db"\'')
  for (const set of base.matcherSets) {
    if (set.every(matchesEmpty)) wrong(given.matcherSets === undefined ? 'matchers' : 'matcherSets', `the matchers ${formatMatchers(set)} hold for alerts without any label`, 'add one that does not hold for the empty text: severity="warning"')
  }
  return {
    problems,
    silence: {
      matcherSets: base.matcherSets,
      startsAt,
      ...(endsAt === undefined ? {} : { endsAt }),
      ...(untilResolved ? { untilResolved: true } : {}),
      ...(recurring === undefined ? {} : { recurring }),
      createdBy: given.createdBy ?? base.createdBy,
      comment: given.comment ?? base.comment,
    },
  }
}

/** Whether all instants before now look the same after the change. Starts are compared by the second, as clients show and send them. */
function keepsHistory(old: Silence, next: Draft, now: number): boolean {
  if (!isDeepStrictEqual(old.matcherSets, next.matcherSets)) return false
  if (now < old.startsAt) return next.startsAt >= now
  return Math.floor(old.startsAt / 1_000) === Math.floor(next.startsAt / 1_000) && isDeepStrictEqual(old.recurring, next.recurring)
}

function fromNow(silence: Draft, context: SilenceContext): Problem[] {
  const { startsAt, endsAt, untilResolved } = silence
  if (endsAt !== undefined && endsAt <= startsAt) return [{ path: ['endsAt'], error: new TocsinError('E103', 'the silence is over before it begins', { fix: 'let it end after its start, and after now' }) }]
  if (!untilResolved) return []
  if (startsAt > context.now) return [{ path: ['startsAt'], error: new TocsinError('E103', 'a silence until alerts are resolved cannot start later', { fix: 'leave out "startsAt", or give "endsAt" in place of "untilResolved"' }) }]
  return nothingToWaitFor(silence, context)
}

/** Otherwise it would hide the whole of an episode that has not even begun. */
function nothingToWaitFor({ matcherSets }: Draft, { ongoing }: SilenceContext): Problem[] {
  if (Array.from(ongoing).some(compileMatcherSets(matcherSets))) return []
  return [{ path: ['untilResolved'], error: new TocsinError('E103', 'no alert that it matches goes on, so there is nothing to wait for', { fix: 'give "for" or "endsAt" in place of "untilResolved"' }) }]
}

/** What is wrong with a change of a silence that has begun and goes on under its id. */
function stillOn(old: Silence, next: Silence, context: SilenceContext): Problem[] {
  const past = next.endsAt !== undefined && next.endsAt < context.now
  const wrong = past ? [{ path: ['endsAt'], error: new TocsinError('E103', 'the silence cannot end in the past', { fix: 'expire it, or let it end now or later' }) }] : []
  return next.untilResolved && !old.untilResolved ? [...wrong, ...nothingToWaitFor(next, context)] : wrong
}
