import { expect, it } from 'vitest'
import { z } from 'zod'
import { TocsinError } from '../errors.ts'
import { defineCollector } from './define-collector.ts'
import { defineEvaluator } from './define-evaluator.ts'

const line = defineEvaluator({ name: 'line', create: () => ({ evaluate: () => ({ judgements: [] }) }) })
const queue = defineCollector({
  name: 'queue',
  options: z.object({ names: z.array(z.string()).default([]) }),
  metrics: { depth: { unit: 'count', worse: 'high', help: 'Messages' }, age: { unit: 'seconds', worse: 'high', help: 'Oldest message' } },
  check: (metric, { names }) => (metric === 'depth' && names.length === 0 ? [new TocsinError('E103', '"depth" has no queues', { fix: 'give "names"' })] : []),
  create: () => ({ async *collect() {} }),
})
const problems = (...watch: ReturnType<typeof queue>['problems']): string[] => watch.map(({ path, error }) => `${path.join('.')} ${String(error)}`)

it('refuses, at its rule, a metric that the options leave without anything to measure', () => {
  expect(problems(...queue({ depth: line(), age: line() }).problems)).toEqual(['rules.depth E103 "depth" has no queues · give "names"'])
  expect(problems(...queue({ names: ['jobs'] }, { depth: line() }).problems)).toEqual([])
  expect(problems(...queue({ age: line() }).problems)).toEqual([])
  expect(problems(...queue({ names: 1 as never }, { depth: line() }).problems)).toEqual([expect.stringMatching(/^names E103/)])
})
