// Compiled, never run: what must infer, and what must not compile.
import { defineCollector, type EvaluatorPlugin, type Rule } from '@tocsin/core'
import { anomaly } from './anomaly.ts'
import { anomalyScorer } from './scorer.ts'

const host = defineCollector({
  name: 'host',
  metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' }, networkIn: { unit: 'bytes/second', worse: 'high', help: 'In' } },
  create: () => ({ async *collect() {} }),
})

export const plugin: EvaluatorPlugin = anomaly
export const forAnyMetric: Rule = anomaly()

host({ cpu: anomaly(), networkIn: anomaly({ sigmas: 3 }) })
host({ cpu: anomaly({ method: 'seasonal', sigmas: { warning: 4, critical: 8 }, direction: 'high', minHistory: 300, refractory: 50, zone: 'Europe/Berlin', for: '5m', summary: 'odd' }) })
// @ts-expect-error not a method
host({ cpu: anomaly({ method: 'median' }) })
// @ts-expect-error not a direction
host({ cpu: anomaly({ direction: 'up' }) })
// @ts-expect-error not a number
host({ cpu: anomaly({ sigmas: '3' }) })
// @ts-expect-error not an option
host({ cpu: anomaly({ sigma: 3 }) })
// @ts-expect-error not a level
host({ cpu: anomaly({ sigmas: { red: 3 } }) })
// @ts-expect-error scores do not depend on lines
anomalyScorer({ sigmas: 3 })
