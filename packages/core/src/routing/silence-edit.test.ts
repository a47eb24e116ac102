import { expect, it } from 'vitest'
import type { Silence } from './silence.ts'
import { createSilence, editSilence, expireSilence } from './silence-edit.ts'
import type { SilenceChange, SilenceInput } from './silence-input.ts'

const HOUR = 3_600_000
const NOW = Date.UTC(2026, 2, 1, 12)
const DB = { team: 'db' }
const context = (over: { id?: string; now?: number; ongoing?: readonly Record<string, string>[] } = {}) => ({ id: 'new', now: NOW, ongoing: [], ...over })

function create(input: Partial<SilenceInput>, over = {}): Silence {
  const made = createSilence({ createdBy: 'ann', matchers: 'team="db"', ...input }, context({ id: 'old', ...over }))
  return made.ok ? made.silence : expect.fail(made.problems.map(({ error }) => String(error)).join('\n'))
}

function problems(input: unknown, over = {}): string[] {
  const made = createSilence(input, context(over))
  return made.ok ? [] : made.problems.map(({ path, error }) => `${path.join('.')}: ${error.code} ${error.message}`)
}

function edit(silence: Silence, change: SilenceChange, now: number, ongoing: readonly Record<string, string>[] = []) {
  const done = editSilence(silence, change, context({ now, ongoing }))
  return done.ok ? done : expect.fail(done.problems.map(({ error }) => String(error)).join('\n'))
}

it('starts now and lasts as long as was said', () => {
  expect(create({ for: '2h' })).toEqual({ id: 'old', version: 1, matcherSets: [[{ name: 'team', type: '=', value: 'db' }]], startsAt: NOW, endsAt: NOW + 2 * HOUR, createdBy: 'ann', comment: '' })
  expect(create({ startsAt: NOW - HOUR, for: '2h' })).toMatchObject({ startsAt: NOW, endsAt: NOW + 2 * HOUR })
  expect(create({ startsAt: '2026-03-01T14:00:00+01:00', for: '2h' })).toMatchObject({ startsAt: NOW + HOUR, endsAt: NOW + 3 * HOUR })
})

it('takes a list of which all must hold, or sets of which one is enough', () => {
  expect(create({ matchers: ['a=1,b=2', { name: 'c', type: '!~', value: '3' }], for: '1h' }).matcherSets.map((set) => set.map(({ name }) => name))).toEqual([['a', 'b', 'c']])
  expect(createSilence({ createdBy: 'ann', for: '1h', matcherSets: ['a=1', ['b=2', 'c=3']] }, context())).toMatchObject({ ok: true, silence: { matcherSets: [[{ name: 'a' }], [{ name: 'b' }, { name: 'c' }]] } })
})

it.each<[string, object, string[]]>([
  ['nothing', {}, ['createdBy: E103 "createdBy" is missing']],
  ['no matchers', { createdBy: 'a', for: '1h' }, ['matchers: E103 "matchers" is missing']],
  ['no end', { createdBy: 'a', matchers: 'a=b' }, ['endsAt: E103 the silence has no end']],
  ['two ends', { createdBy: 'a', matchers: 'a=b', for: '1h', endsAt: NOW + 1 }, ['for: E103 "for" and "endsAt" are both given']],
  ['all that is wrong', { createdBy: 'a', matcherSets: ['a=""', 'b=c', ''] }, ['endsAt: E103 the silence has no end', 'matcherSets: E103 the matchers {a=""} hold for alerts without any label', 'matcherSets: E103 the matchers {} hold for alerts without any label']],
  ['matchers twice', { createdBy: 'a', matchers: 'a=b', matcherSets: ['a=b'], for: '1h' }, ['matchers: E103 "matchers" and "matcherSets" are both given']],
  ['a pattern', { createdBy: 'a', matcherSets: ['a=b', [{ name: 'a', type: '=~', value: '((' }]], for: '1h' }, ['matcherSets.1.0: E103 the pattern of a=~"((" cannot be read: missing closing ): `((`']],
  ['a label without a name', { createdBy: 'a', matchers: '""=b', for: '1h' }, ['matchers: E103 a matcher has no label name']],
  ['a misspelt key', { createdBy: 'a', matchers: 'a=b', fro: '1h' }, ['fro: E102 unknown key "fro"']],
  ['no duration', { createdBy: 'a', matchers: 'a=b', for: '1 hour' }, ['for: E104 "for" is not a duration: "1 hour"']],
  ['over already', { createdBy: 'a', matchers: 'a=b', endsAt: NOW }, ['endsAt: E103 the silence is over before it begins']],
  ['over before it begins', { createdBy: 'a', matchers: 'a=b', startsAt: NOW + 5, endsAt: NOW + 5 }, ['endsAt: E103 the silence is over before it begins']],
])('refuses %s', (_, input, expected) => {
  expect(problems(input)).toEqual(expected)
})

it('waits for alerts only from now on and only where one goes on', () => {
  const input = { createdBy: 'a', matchers: 'team="db"', untilResolved: true }
  expect(problems(input)).toEqual(['untilResolved: E103 no alert that it matches goes on, so there is nothing to wait for'])
  expect(problems(input, { ongoing: [{ team: 'web' }] })).toHaveLength(1)
  expect(create({ untilResolved: true }, { ongoing: [{ team: 'web' }, DB] })).toMatchObject({ untilResolved: true, startsAt: NOW })
  expect(create({ untilResolved: true }, { ongoing: [DB] })).not.toHaveProperty('endsAt')
  expect(problems({ ...input, startsAt: NOW + 1 }, { ongoing: [DB] })).toEqual(['startsAt: E103 a silence until alerts are resolved cannot start later'])
  expect(problems({ ...input, recurring: [{ weekdays: ['saturday'] }] }, { ongoing: [DB] })).toEqual(['untilResolved: E103 a recurring silence cannot wait for alerts to end'])
})

it('recurs without an end', () => {
  expect(create({ recurring: [{ weekdays: ['saturday'], times: [{ from: '22:00', to: '06:00' }], timeZone: 'Europe/Berlin' }] })).toMatchObject({
    recurring: [{ weekdays: [{ first: 6, last: 6 }], times: [{ from: 1_320, to: 1_800 }], timeZone: 'Europe/Berlin' }],
  })
})

it('is plain JSON', () => {
  const silence = create({ for: '2h', recurring: [{ weekdays: ['saturday'] }] })
  expect(JSON.parse(JSON.stringify(silence))).toEqual(silence)
})

it('changes the end and the words of a running silence in place', () => {
  expect(edit(create({ for: '2h' }), { for: '3h', comment: 'still' }, NOW + HOUR)).toEqual({ ok: true, reason: 'updated', silences: [{ ...create({ for: '2h' }), endsAt: NOW + 4 * HOUR, comment: 'still', version: 2 }] })
})

it.each<[string, SilenceChange]>([
  ['matchers', { matchers: 'team="web"' }],
  ['a later start', { startsAt: NOW + 90 * 60_000 }],
  ['an earlier start', { startsAt: NOW - HOUR }],
  ['a recurrence', { recurring: [{ weekdays: ['saturday'] }] }],
])('makes a new silence when %s of a running one change', (_, change) => {
  const old = create({ for: '2h' })
  const { reason, silences } = edit(old, change, NOW + HOUR)
  const [ended, next] = silences
  expect(reason).toBe('replaced')
  expect(ended).toEqual({ ...old, endsAt: NOW + HOUR, endReason: 'replaced', version: 2 })
  expect(next).toMatchObject({ id: 'new', replaces: 'old', version: 1, endsAt: NOW + 2 * HOUR, startsAt: change.startsAt === NOW + 90 * 60_000 ? change.startsAt : NOW + HOUR })
  expect(next).not.toHaveProperty('endReason')
})

it('moves a silence that has not begun in place, but never its matchers', () => {
  const pending = create({ startsAt: NOW + HOUR, for: '2h' })
  expect(edit(pending, { startsAt: NOW + 2 * HOUR }, NOW)).toMatchObject({ reason: 'updated', silences: [{ id: 'old', startsAt: NOW + 2 * HOUR }] })
  expect(edit(pending, { recurring: [{ weekdays: ['saturday'] }] }, NOW)).toMatchObject({ reason: 'updated' })
  expect(edit(pending, { matchers: 'a=b' }, NOW)).toMatchObject({ reason: 'replaced', silences: [{ id: 'old', startsAt: NOW, endsAt: NOW, endReason: 'replaced' }, { id: 'new', startsAt: NOW + HOUR }] })
})

it('changes nothing when the change is wrong', () => {
  const old = create({ for: '2h' })
  for (const change of [{ matchers: 'a=""' }, { endsAt: NOW }, { matchers: 'a=~"(("' }, { untilResolved: true }, { matchers: 'a=b', endsAt: NOW }, { nonsense: 1 }]) {
    expect(editSilence(old, change, context({ now: NOW + HOUR })).ok).toBe(false)
  }
})

it('turns waiting on and off', () => {
  const waits = edit(create({ for: '2h' }), { untilResolved: true }, NOW + 1, [DB]).silences[0] ?? expect.fail('none')
  expect(waits).toMatchObject({ untilResolved: true, endsAt: NOW + 2 * HOUR })
  // It was checked when it began to wait: a comment needs no alert to go on.
  expect(edit(waits, { comment: 'x' }, NOW + 2).reason).toBe('updated')
  expect(edit(waits, { untilResolved: false }, NOW + 2).silences[0]).not.toHaveProperty('untilResolved')
  const open = create({ untilResolved: true }, { ongoing: [DB] })
  expect(editSilence(open, { untilResolved: false }, context({ now: NOW + 1 })).ok).toBe(false)
})

it('makes a new silence of one that is over, and leaves that as it is', () => {
  const over = expireSilence(create({ for: '2h' }), NOW + HOUR)
  expect(editSilence(over, { comment: 'x' }, context({ now: NOW + HOUR })).ok).toBe(false)
  expect(edit(over, { for: '1h' }, NOW + HOUR)).toMatchObject({ reason: 'recreated', silences: [{ id: 'new', replaces: 'old', startsAt: NOW + HOUR, endsAt: NOW + 2 * HOUR }] })
})

it('keeps whom a silence replaced through later changes', () => {
  const next = edit(create({ for: '2h' }), { matchers: 'a=b' }, NOW + 1).silences[1] ?? expect.fail('none')
  expect(edit(next, { comment: 'x' }, NOW + 2).silences).toEqual([{ ...next, comment: 'x', version: 2 }])
})
