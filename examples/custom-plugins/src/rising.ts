import { defineEvaluator, type Judgement } from '@tocsin/core'
import { z } from 'zod'

/** Warns when a value has risen `times` points in a row, whatever it is. */
export const rising = defineEvaluator({
  name: 'rising',
  options: z.object({ times: z.int().min(1).default(5) }),
  create: ({ times }) => ({
    levels: ['warning'],
    evaluate({ timestamps, values }, { state }) {
      let { last, streak } = z.object({ last: z.number(), streak: z.number() }).catch({ last: Number.MAX_VALUE, streak: 0 }).parse(state)
      const judgements: Judgement[] = []
      for (const [index, at] of timestamps.entries()) {
        const value = values[index] ?? NaN
        if (Number.isNaN(value)) continue
        streak = value > last ? streak + 1 : 0
        last = value
        judgements.push({ at, value, breaches: streak >= times ? 'warning' : 'none', reason: `rose ${streak} times in a row` })
      }
      return { judgements, state: { last, streak } }
    },
  }),
})

export default rising
