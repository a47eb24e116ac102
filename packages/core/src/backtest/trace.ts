import { isDeepStrictEqual } from 'node:util'
import type { AlertSubject } from '../model/alert.ts'
import type { Judgement } from '../model/judgement.ts'
import type { WatchedRule } from '../plugin/rule.ts'
import type { PastSource } from './past-window.ts'

/** The points of one series as its rule judges them, in order: for plots. Present points only. */
export async function* trace(source: PastSource, rule: WatchedRule, { resource, dimensions }: Pick<AlertSubject, 'resource' | 'dimensions'>): AsyncGenerator<Judgement, void> {
  const { evaluator, metric } = rule
  let state: unknown
  for await (const { series } of source.windows(new Set([resource.id]))) {
    for (const { rule: name, series: one } of series) {
      if (name !== rule.name || !isDeepStrictEqual(one.labels ?? {}, dimensions)) continue
      const evaluation = evaluator.evaluate(one, { metric, state })
      yield* evaluation.judgements
      state = evaluation.state
    }
  }
}
