import { aSeries, evaluatorContract } from '@tocsin/core/testing'
import { expect, it } from 'vitest'
import { rising } from './rising.ts'

evaluatorContract('rising', { rule: () => rising({ times: 3 }), values: [1, 2, 3, 4, 5, 5, 1] })

it('warns from the third rise on, until the value falls or stands still', () => {
  const metric = { name: 'depth', unit: 'count', worse: 'high', help: '' } as const
  const { judgements } = rising({ times: 3 }).evaluator.evaluate(aSeries([5, 6, 7, 8, NaN, 9, 9, 10]), { metric, state: undefined })
  expect([...judgements].map(({ breaches }) => breaches)).toEqual(['none', 'none', 'none', 'warning', 'warning', 'none', 'none'])
})
