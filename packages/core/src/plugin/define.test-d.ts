// Compiled, never run: what must infer, and what must not compile.
import { z } from 'zod'
import { defineCollector } from './define-collector.ts'
import { defineEvaluator } from './define-evaluator.ts'
import { defineNotifier } from './define-notifier.ts'
import { delivered } from './delivery.ts'
import type { Rule, RuleOptions } from './rule.ts'
import type { Quantity } from '../model/quantity.ts'
import type { Unit } from '../model/unit.ts'

interface Lines<U extends Unit> extends RuleOptions {
  warning?: NoInfer<Quantity<U>>
  critical?: NoInfer<Quantity<U>>
}
const line = z.union([z.number(), z.string()]).optional()
const threshold: <U extends Unit>(options: Lines<U>) => Rule<U> = defineEvaluator({
  name: 'lines',
  options: z.object({ warning: line, critical: line }),
  create: () => ({ evaluate: () => ({ judgements: [] }) }),
})
const anomaly = defineEvaluator({
  name: 'odd',
  options: z.object({ sigmas: z.number().default(3) }),
  create: ({ sigmas }) => ({ evaluate: () => ({ judgements: [], state: sigmas }) }),
})

const ec2 = defineCollector({
  name: 'ec2',
  options: z.object({ regions: z.array(z.string()) }),
  metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' }, networkIn: { unit: 'bytes/second', worse: 'high', help: 'in' } },
  create: ({ regions }) => ({
    async *collect(wanted) {
      void regions.length
      void wanted.has('cpu')
      // @ts-expect-error not a metric of this collector
      void wanted.has('cpuu')
    },
  }),
})
const host = defineCollector({
  name: 'host',
  options: z.object({ mounts: z.array(z.string()).optional() }),
  metrics: { disk: { unit: 'percent', worse: 'high', help: 'Disk' } },
  create: () => ({ async *collect() {} }),
})
export const pager = defineNotifier({ name: 'pager', create: () => ({ send: async () => delivered() }) })
pager()
pager({ sendResolved: false })

ec2({ regions: ['us-west-2'] }, { cpu: threshold({ warning: 60, critical: '80%', for: '5m' }), networkIn: anomaly({ sigmas: 3 }) })
ec2({ regions: [] }, { cpu: anomaly(), networkIn: threshold({ critical: '20MB', for: { critical: '1m' } }) })
host({ disk: threshold({ warning: '85%' }) })
host({ mounts: ['/'] }, { disk: threshold({ warning: '85%' }) })
// @ts-expect-error not a metric
ec2({ regions: [] }, { cpuu: threshold({ critical: 80 }) })
// @ts-expect-error not a duration
ec2({ regions: [] }, { cpu: threshold({ critical: 80, for: '5min' }) })
// @ts-expect-error bytes take no percent
ec2({ regions: [] }, { networkIn: threshold({ critical: '80%' }) })
// @ts-expect-error regions are required
ec2({ cpu: threshold({ critical: 80 }) })
// @ts-expect-error not an option
ec2({ regions: [], region: 'x' }, {})
// @ts-expect-error not a metric of the host
host({ dist: threshold({ warning: '85%' }) })
// @ts-expect-error not an option
anomaly({ sigma: 3 })
