import { describe, expect, it } from 'vitest'
import type { Judgement } from '../model/judgement.ts'
import { rank } from '../model/level.ts'
import type { Metric } from '../model/metric.ts'
import type { Series } from '../model/series.ts'
import type { Rule } from '../plugin/rule.ts'
import { aSeries } from './builders.ts'

export interface EvaluatorContractOptions {
  readonly rule: () => Rule
  /** Default: a percentage that is bad when high. */
  readonly metric?: Metric
  /** Values of which at least one breaches. */
  readonly values: readonly number[]
}

/** What every evaluator must keep. Call it inside a test file. */
export function evaluatorContract(name: string, options: EvaluatorContractOptions): void {
  const metric = { name: 'cpu', ...(options.metric ?? { unit: 'percent', worse: 'high', help: 'CPU' }) } as const
  const judge = (series: Series, state?: unknown) => {
    const { judgements, state: next } = options.rule().evaluator.evaluate(series, { metric, state })
    return { judgements: [...judgements].map(plain), state: next }
  }

  describe(`${name} keeps the evaluator contract`, () => {
    it('has no problem with its own sample options', () => {
      const rule = options.rule()
      expect([...rule.problems, ...(rule.evaluator.check?.(metric) ?? [])].map(String)).toEqual([])
    })

    it('judges each present point once, in order, and passes over missing ones', () => {
      const values = [...options.values, NaN, ...options.values]
      const series = aSeries(values)
      const { judgements } = judge(series)
      const present = [...series.timestamps].filter((_, index) => !Number.isNaN(series.values[index]))
      expect(judgements.map(({ at }) => at)).toEqual(present)
    })

    it('breaches somewhere, always with a reason, and never clears what it breaches', () => {
      const { judgements } = judge(aSeries(options.values))
      expect(judgements.some(({ breaches }) => breaches !== 'none')).toBe(true)
      for (const { breaches, clears, reason } of judgements) {
        expect(reason).not.toBe('')
        if (clears !== undefined && clears !== 'none') expect(rank(clears)).toBeGreaterThan(rank(breaches))
      }
    })

    it('gives the same judgements again, and in pieces the same as in one', () => {
      const whole = aSeries(options.values)
      const all = judge(whole).judgements
      expect(judge(whole).judgements).toEqual(all)
      const cut = Math.floor(options.values.length / 2)
      const first = judge(slice(whole, 0, cut))
      const second = judge(slice(whole, cut), first.state)
      expect([...first.judgements, ...second.judgements]).toEqual(all)
    })

    it('scores each series by itself, from 0 to 1, where it scores', () => {
      const scored = (): readonly number[] | undefined => {
        const score = options.rule().evaluator.scorer?.(metric)
        return score && [...options.values, NaN, ...options.values].map((value, index) => score(index * 60_000, value))
      }
      const scores = scored() ?? []
      expect(scored() ?? []).toEqual(scores)
      for (const score of scores) expect(score >= 0 && score <= 1).toBe(true)
    })

    it('keeps plain data as its state', () => {
      const { state } = judge(aSeries(options.values))
      expect(state === undefined ? undefined : JSON.parse(JSON.stringify(state))).toEqual(state)
    })
  })
}

function slice(series: Series, from: number, to?: number): Series {
  return { ...series, timestamps: series.timestamps.slice(from, to), values: series.values.slice(from, to) }
}

/** Reads every field, so that lazy reasons are compared too. */
function plain({ at, value, breaches, clears, expected, reason }: Judgement): Judgement {
  return { at, value, breaches, reason, ...(clears === undefined ? {} : { clears }), ...(expected === undefined ? {} : { expected }) }
}
