// Compiled, never run: names and units come from the options.
import { threshold } from '@tocsin/evaluator-threshold'
import { cloudwatch } from './index.ts'

const metrics = {
  queueDepth: { namespace: 'AWS/SQS', metric: 'ApproximateNumberOfMessagesVisible', dimensions: { QueueName: 'jobs' }, stat: 'Maximum', period: '1m', unit: 'count', worse: 'high' },
  latency: { namespace: 'AWS/ApplicationELB', metric: 'TargetResponseTime', dimensions: { LoadBalancer: '*' }, stat: 'p99', period: '1m', unit: 'seconds', settle: '3m', help: 'p99' },
} as const

cloudwatch({ regions: ['us-west-2'], metrics }, { queueDepth: threshold({ critical: 1000 }), latency: threshold({ critical: '250ms' }) })
cloudwatch(
  { metrics: { backlog: { namespace: 'App', metric: 'Backlog', stat: 'Sum', period: '5m', unit: 'bytes/second', rate: true } } },
  { backlog: threshold({ warning: '20MB' }) },
)
const expressions = { busy: { expression: 'queueDepth / 10', unit: 'percent' } } as const
cloudwatch({ metrics, expressions }, { queueDepth: threshold({ critical: 1000 }), busy: threshold({ critical: '80%' }) })
// @ts-expect-error not one of the expressions
cloudwatch({ metrics, expressions }, { bussy: threshold({ critical: '80%' }) })
// @ts-expect-error no such key in an expression
cloudwatch({ metrics, expressions: { busy: { expression: 'queueDepth', unit: 'percent', period: '1m' } } }, {})
// @ts-expect-error not one of the metrics
cloudwatch({ metrics }, { queueDept: threshold({ critical: 1000 }) })
// @ts-expect-error a count takes no duration
cloudwatch({ metrics }, { queueDepth: threshold({ critical: '250ms' }) })
// @ts-expect-error seconds take no percent
cloudwatch({ metrics }, { latency: threshold({ critical: '80%' }) })
// @ts-expect-error no such unit
cloudwatch({ metrics: { backlog: { namespace: 'App', metric: 'Backlog', stat: 'Sum', period: '5m', unit: 'items' } } }, {})
// @ts-expect-error not a duration
cloudwatch({ metrics: { backlog: { namespace: 'App', metric: 'Backlog', stat: 'Sum', period: '5min', unit: 'count' } } }, {})
// @ts-expect-error no such key in a metric
cloudwatch({ metrics: { backlog: { namespace: 'App', metric: 'Backlog', stat: 'Sum', period: '5m', unit: 'count', dimension: {} } } }, {})
// @ts-expect-error metrics are required
cloudwatch({ regions: ['us-west-2'] }, {})
// @ts-expect-error no such option
cloudwatch({ metrics, region: 'us-west-2' }, {})
