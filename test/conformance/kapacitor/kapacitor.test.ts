import type { Series } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'
import { expect, it } from 'vitest'
import { type AlertPolicy, newAlert, reduceAlert } from '../../../packages/core/src/alerting/reducer.ts'
import { levelWord } from '../../../packages/core/src/model/level.ts'
import { SHIFTS } from '../mutations.ts'
import data from './cases.json' with { type: 'json' }
import known from './differences.json' with { type: 'json' }

const MINUTE = 60_000
const WORDS: Readonly<Record<string, string>> = { OK: 'OK', INFO: 'OK', WARNING: 'AMBER', CRITICAL: 'RED' }
const now = { for: 0, keepFiringFor: 0 }
const policy: AlertPolicy = { levels: ['warning', 'critical'], warning: now, critical: now, worse: 'high', staleAfter: 2 }

type Case = (typeof data.cases)[number]
/** The same upside down: lines and values below zero, and low is bad. */
const mirrored = ({ lines: { warning, critical, clear }, values, ...rest }: Case): Case => ({
  ...rest,
  lines: { warning: -warning, critical: -critical, clear: { warning: -clear.warning, critical: -clear.critical } },
  values: values.map((value) => -value),
})
const variants = SHIFTS.flatMap((start) => data.cases.flatMap((one) => [{ ...one, start, worse: 'high' as const }, { ...mirrored(one), start, worse: 'low' as const }]))

it.each(variants)('$name, $worse is bad, from $start', ({ name, lines, values, states, start, worse }) => {
  const series: Series = {
    resource: { id: 'serverA', type: 'host', name: 'serverA', tags: {} },
    metric: 'cpu',
    period: MINUTE,
    timestamps: Float64Array.from(values, (_, index) => start + index * MINUTE),
    values: Float64Array.from(values),
    settledUntil: start + values.length * MINUTE,
    status: 'complete',
  }
  let state = newAlert
  const words: string[] = []
  const metric = { name: 'cpu', unit: 'count', worse, help: '' } as const
  for (const judgement of threshold(lines).evaluator.evaluate(series, { metric, state: undefined }).judgements) {
    state = reduceAlert(state, { type: 'judged', judgement, period: MINUTE }, policy, 'f').state
    words.push(levelWord(state.level))
  }
  const different = known.differences.filter((difference) => difference.case === name)
  expect(words).toEqual(states.map((theirs, index) => WORDS[different.find((difference) => difference.index === index)?.ours ?? theirs]))
  for (const { index, theirs, ours } of different) {
    expect(states[index]).toBe(theirs)
    expect(WORDS[theirs]).not.toBe(WORDS[ours])
  }
})
