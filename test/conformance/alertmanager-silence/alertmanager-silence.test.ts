import { describe, expect, it } from 'vitest'
import { formatMatchers, type Matcher } from '../../../packages/core/src/routing/matcher.ts'
import { parseMatchers } from '../../../packages/core/src/routing/parse-matchers.ts'
import { findSilences, openSilence, type Silence, silencesAt, silenceStatus } from '../../../packages/core/src/routing/silence.ts'
import { createSilence, editSilence, expireSilence } from '../../../packages/core/src/routing/silence-edit.ts'
import { SHIFTS } from '../mutations.ts'
import { readCases } from './read-cases.ts'

const LABELS = ['job', 'instance', 'path', 'method']
const variants = SHIFTS.map((shift) => ({ start: Date.UTC(2026, 2, 1, 12) + shift, names: shift === 0 ? [] : LABELS }))

describe.each(variants)('Alertmanager, silences, at $start, labels with other names: $names', ({ start: NOW, names }) => {
  const { cases, differences } = readCases(NOW, names)
  const oursFor = (id: string) => differences.find((one) => one.id === id)?.ours ?? expect.fail(`no difference ${id}`)

  const silence = (over: Partial<Silence> = {}): Silence => ({ id: 'one', matcherSets: [[{ name: 'a', type: '=', value: 'b' }]], startsAt: NOW, endsAt: NOW + 60_000, createdBy: 'me', comment: '', version: 1, ...over })
  const context = (id: string, now = NOW) => ({ id, now, ongoing: [] })

  describe('state', () => {
    for (const [test, entries] of Object.entries(cases.states)) {
      it.each(entries)(`${test}: $states`, ({ startsAt, endsAt, states: wanted, keep }) => {
        expect(findSilences([openSilence(silence({ startsAt, endsAt }))], { states: wanted }, NOW)).toHaveLength(keep ? 1 : 0)
      })
    }
  })

  describe('queries', () => {
    it.each(cases.matches.TestQMatches)('TestQMatches $sets', ({ sets: matcherSets, found }) => {
      expect(findSilences([openSilence(silence({ matcherSets: matcherSets as Matcher[][] }))], { labels: cases.matches.labels }, NOW)).toHaveLength(found ? 1 : 0)
    })

    for (const [test, entries] of Object.entries(cases.ids)) {
      it.each(entries)(`${test} $ids`, ({ stored, ids, found }) => {
        const open = stored.map((id) => openSilence(silence({ id })))
        expect(findSilences(open, ids === undefined ? {} : { ids }, NOW).map(({ id }) => id)).toEqual(found)
        expect(findSilences(open, { ids: [] }, NOW)).toEqual(oursFor('no ids').found)
      })
    }
  })

  describe('updates', () => {
    it.each(cases.updates['TestSilenceCanUpdate'] ?? [])('TestSilenceCanUpdate $name', ({ from, to, inPlace, difference: id }) => {
      const outcome = editSilence(silence({ startsAt: from[0], endsAt: from[1] }), { startsAt: to[0], endsAt: to[1] }, context('two'))
      if (id !== undefined) expect(outcome.ok).toBe(oursFor(id).valid)
      else expect(outcome.ok && outcome.reason === 'updated').toBe(inPlace)
    })
  })

  describe('what is valid', () => {
    it.each(Object.entries(cases.valid).flatMap(([test, entries]) => entries.map((entry) => ({ test, ...entry }))))('$test $name', ({ sets: matcherSets, startsAt, endsAt, valid, difference: id }) => {
      expect(createSilence({ matcherSets, startsAt, endsAt, createdBy: 'me' }, context('one')).ok).toBe(id === undefined ? valid : oursFor(id).valid)
    })
  })

  it.each(Object.entries(cases.scenarios))('%s', (_, steps) => {
    const stored = new Map<string, Silence>()
    const get = (id: string): Silence => stored.get(id) ?? expect.fail(`no silence ${id}`)
    const show = (ids: Iterable<string>) => Object.fromEntries(Array.from(ids, get).map(({ id, matcherSets, startsAt, endsAt, comment }) => [id, { matchers: formatMatchers(matcherSets.flat()), startsAt, endsAt, comment }]))
    const expected = (these: Readonly<Record<string, { readonly matchers: string; readonly startsAt: number; readonly endsAt: number; readonly comment: string }>>) => Object.fromEntries(Object.entries(these).map(([id, one]) => [id, { ...one, matchers: formatMatchers(parseMatchers(one.matchers).matchers) }]))

    for (const one of steps) {
      for (const [id, [startsAt, endsAt]] of Object.entries(one.given ?? {})) {
        stored.set(id, silence({ id, startsAt, endsAt, ...(one.pattern === undefined ? {} : { matcherSets: [[{ name: 'a', type: '=~', value: one.pattern }]] }) }))
      }
      const ours = one.difference === undefined ? one : oursFor(one.difference)
      if (one.create !== undefined) {
        const made = createSilence({ ...one.with, createdBy: 'me' }, context(one.create, one.at))
        if (!made.ok) expect.fail(String(made.problems[0]?.error))
        stored.set(made.silence.id, made.silence)
      }
      if (one.edit !== undefined) {
        const before = get(one.edit)
        const done = editSilence(before, one.with, context(one.as ?? 'unused', one.at))
        expect(done.ok).toBe(one.refused !== true)
        if (done.ok) {
          expect(done.reason).toBe(ours.reason)
          for (const next of done.silences) stored.set(next.id, next)
        }
      }
      if (one.expire !== undefined) stored.set(one.expire, expireSilence(get(one.expire), one.at))
      if (ours.silences !== undefined) expect(show(Object.keys(ours.silences))).toEqual(expected(ours.silences))
      // Where we differ, what follows builds on their result.
      if (one.difference !== undefined) for (const [id, { startsAt, endsAt }] of Object.entries(one.silences ?? {})) stored.set(id, { ...get(id), startsAt, endsAt })
      for (const [id, state] of Object.entries(one.states ?? {})) expect(silenceStatus({ silence: get(id) }, one.at).state).toBe(state)
      if (one.labels !== undefined) expect(silencesAt(Array.from(stored.values(), (each) => openSilence(each)), one.at)(one.labels).length > 0).toBe(one.hidden)
    }
  })

  it('lists no difference that no case has', () => {
    const used = [cases.updates, cases.valid, cases.scenarios].flatMap((tests) => Object.values(tests).flat()).flatMap(({ difference: id }) => id ?? [])
    expect(new Set([...used, 'no ids'])).toEqual(new Set(differences.map(({ id }) => id)))
    for (const { theirs, ours } of differences) expect(ours).not.toEqual(theirs)
  })
})
