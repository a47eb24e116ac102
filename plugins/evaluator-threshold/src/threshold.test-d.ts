// Compiled, never run: what must infer, and what must not compile.
import { defineCollector, type EvaluatorPlugin, type Rule } from '@tocsin/core'
import { threshold } from './threshold.ts'

const host = defineCollector({
  name: 'host',
  metrics: {
    cpu: { unit: 'percent', worse: 'high', help: 'CPU' },
    networkIn: { unit: 'bytes/second', worse: 'high', help: 'In' },
    responseTime: { unit: 'seconds', worse: 'high', help: 'Time' },
    load: { unit: 'count', worse: 'high', help: 'Load' },
  },
  create: () => ({ async *collect() {} }),
})

export const plugin: EvaluatorPlugin = threshold
export const forAnyMetric: Rule = threshold({ warning: 60, critical: 80 })

host({
  cpu: threshold({ warning: '60%', critical: 80, clear: { warning: 50, critical: '70%' }, for: '5m' }),
  networkIn: threshold({ critical: '20MB', clear: '10MiB', operator: '>=' }),
  responseTime: threshold({ warning: '250ms', critical: 2 }),
  load: threshold({ critical: 4, for: { critical: '1m' }, summary: 'busy' }),
})
// @ts-expect-error percent of bytes
host({ networkIn: threshold({ critical: '80%' }) })
// @ts-expect-error bytes of a percentage
host({ cpu: threshold({ critical: '20GB' }) })
// @ts-expect-error a clear line in another unit
host({ cpu: threshold({ warning: 60, clear: '5m' }) })
// @ts-expect-error a clear line in another unit, by level
host({ cpu: threshold({ warning: 60, clear: { warning: '5m' } }) })
// @ts-expect-error a count has no suffix
host({ load: threshold({ critical: '4%' }) })
// @ts-expect-error not a duration
host({ cpu: threshold({ critical: 80, for: '5min' }) })
// @ts-expect-error not an operator
host({ cpu: threshold({ critical: 80, operator: '==' }) })
// @ts-expect-error not an option
host({ cpu: threshold({ criticl: 80 }) })
// @ts-expect-error nothing to compare with
threshold()
