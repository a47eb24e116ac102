// Compiled, never run: what must infer, and what must not compile.
import type { Quantity, Rule, RuleOptions, Unit } from '@tocsin/core'
import { z } from 'zod'
import { awsOptions } from './aws-options.ts'
import { type Catalogue, perSecond } from './catalogue.ts'
import { defineAwsCollector } from './define-aws-collector.ts'

declare function threshold<U extends Unit>(options: RuleOptions & { critical?: NoInfer<Quantity<U>> }): Rule<U>

interface Facts {
  readonly detailed: boolean
}
const catalogue = {
  cpu: { unit: 'percent', worse: 'high', help: '', namespace: 'N', metric: 'M', stat: 'Average', period: ({ facts }) => (facts.detailed ? 60 : 300), settle: 300 },
  network: { unit: 'bytes/second', worse: 'high', help: '', namespace: 'N', metric: 'M', stat: 'Sum', period: 60, settle: 300, value: perSecond },
} as const satisfies Catalogue<Facts>
const resource = { id: 'i', type: 't', name: 'n', tags: {} }

const good = defineAwsCollector({
  name: 'good',
  resources: 'things',
  options: awsOptions.extend({ tags: z.record(z.string(), z.string()).default({}) }),
  ttl: 300,
  catalogue,
  discover: async (_target, { options }) => {
    void options.tags['team']
    // @ts-expect-error not an option
    void options.tag
    return [{ resource, dimensions: {}, facts: { detailed: true } }]
  },
})
good({ cpu: threshold({ critical: '80%' }) })
good({ regions: ['us-west-2'], tags: {} }, { network: threshold({ critical: '20MB' }) })
// @ts-expect-error not a metric
good({ cpuu: threshold({ critical: 80 }) })
// @ts-expect-error bytes take no percent
good({ network: threshold({ critical: '80%' }) })
// @ts-expect-error not an option
good({ region: 'us-west-2' }, {})

export const wrongFacts = defineAwsCollector({
  name: 'wrong',
  resources: 'things',
  options: awsOptions,
  ttl: 300,
  catalogue,
  // @ts-expect-error the catalogue reads `detailed`
  discover: async () => [{ resource, dimensions: {}, facts: { detail: true } }],
})
