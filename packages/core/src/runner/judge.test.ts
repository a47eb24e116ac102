import { describe, expect, it } from 'vitest'
import type { AlertRecord } from '../model/alert.ts'
import type { Series } from '../model/series.ts'
import { defineEvaluator } from '../plugin/define-evaluator.ts'
import type { RuleOptions, WatchedRule } from '../plugin/rule.ts'
import { memoryStore } from '../store/memory-store.ts'
import { aSeries, aSubject } from '../testing/builders.ts'
import { alertBook } from './alert-book.ts'
import { judgeSeries, policyOf } from './judge.ts'

const MINUTE = 60_000
const START = Date.parse('2026-01-05T12:00:00Z')
const subject = aSubject()

const over80 = defineEvaluator({
  name: 'over80',
  create: () => ({
    evaluate: ({ timestamps, values }) => ({
      judgements: [...values].map((value, index) => ({ at: timestamps[index] ?? NaN, value, breaches: value > 80 ? ('critical' as const) : ('none' as const), reason: '> 80%' })),
    }),
  }),
})
const ruleWith = (options: RuleOptions): WatchedRule => {
  const { evaluator, options: read } = over80(options)
  return { name: 'ec2.cpu', metric: { name: 'cpu', unit: 'percent', worse: 'high', help: 'CPU' }, evaluator, options: read }
}

/** A series that is read in this minute: the newest points are those of `values`, `-` reads as none. */
const reading = (minute: number, values: readonly number[], status: Series['status'] = 'complete'): Series =>
  aSeries(values, { timestamps: Float64Array.from(values, (_, index) => START + (minute - values.length + 1 + index) * MINUTE), settledUntil: START + (minute + 1) * MINUTE, status })

/** Judges one reading a minute; `separate` gives each a process of its own, as cron does. */
async function cycles(options: RuleOptions, readings: readonly Series[], separate = false) {
  const store = memoryStore()
  const rule = ruleWith(options)
  const policy = policyOf(rule, 2)
  let book = alertBook('main', [])
  const kinds: string[] = []
  const states: (AlertRecord['state'] | undefined)[] = []
  for (const series of readings) {
    if (separate) book = alertBook('main', await store.transaction((tx) => tx.alerts.list('main')))
    judgeSeries(series, subject, rule, policy, undefined, book, Infinity)
    kinds.push(...book.transitions.map(({ kind, code }) => `${kind} ${code}`))
    states.push(book.get(subject.fingerprint)?.state)
    const written = await store.transaction((tx) => book.write(tx, new Set(), series.settledUntil))
    written()
  }
  return { kinds, states, rows: await store.transaction((tx) => tx.alerts.list('main')) }
}

describe('a series with empty slots', () => {
  it('is judged in every slot, and has no data once the whole range is empty', async () => {
    const { kinds, states } = await cycles({}, [reading(0, [90]), reading(1, []), reading(2, []), reading(3, []), reading(4, [20])])
    expect(states.map((state) => state?.health)).toEqual(['ok', 'ok', 'ok', 'noData', 'ok'])
    expect(kinds).toEqual(['fired enoughHot', 'noData allMissing', 'dataBack pointArrived', 'resolved tooFewHot'])
  })

  it('breaches by its silence, if the rule says so, in one process or in one per cycle', async () => {
    const silent = [reading(0, [20]), reading(1, []), reading(2, []), reading(3, []), reading(4, [])]
    for (const separate of [false, true]) expect((await cycles({ missing: 'breaching' }, silent, separate)).kinds).toEqual(['fired missingBreaches'])
    const never = [reading(0, []), reading(1, []), reading(2, [])]
    for (const separate of [false, true]) expect((await cycles({ missing: 'breaching' }, never, separate)).kinds).toEqual(['fired missingBreaches'])
  })

  it('misses nothing while some of it is still to come or the source fails', async () => {
    const { states } = await cycles({}, [reading(0, [90]), reading(9, [], 'partial'), reading(10, [], 'error')])
    expect(states.map((state) => state?.health)).toEqual(['ok', 'ok', 'error'])
  })

  it('judges one slot once, however often it is read', async () => {
    const { states } = await cycles({}, [reading(0, [90]), reading(1, []), reading(1, [])])
    expect(states[2]).toBe(states[1])
  })
})

it('counts M of N over processes of one cycle each', async () => {
  const points = [90, 20, 90, 20, 90].map((value, minute) => reading(minute, [value]))
  for (const separate of [false, true]) expect((await cycles({ occurrences: '3 of 5' }, points, separate)).kinds).toEqual(['fired enoughHot'])
})

it('keeps no row for an alert that rests', async () => {
  expect((await cycles({}, [reading(0, [20]), reading(1, [30])])).rows).toEqual([])
  expect((await cycles({}, Array.from({ length: 8 }, (_, minute) => reading(minute, [])))).rows).toEqual([])
})

describe('a point of before the newest that was judged', () => {
  const judgedAt = (now: number, settledUntil: number) => {
    const rule = ruleWith({})
    const series = aSeries([90], { timestamps: Float64Array.of(START), settledUntil })
    const book = alertBook('main', [])
    const { at } = judgeSeries(series, subject, rule, policyOf(rule, 2), { at: START + 60 * MINUTE, state: undefined }, book, now)
    return { at: at - START, level: book.get(subject.fingerprint)?.state.level }
  }

  it('is judged where this clock times it: it was set back', () => {
    expect(judgedAt(START, START + 1)).toEqual({ at: 0, level: 'critical' })
  })

  it('is left alone where its source has a clock of its own', () => {
    expect(judgedAt(START + 2 * MINUTE, START + MINUTE)).toEqual({ at: 60 * MINUTE, level: 'none' })
  })
})
