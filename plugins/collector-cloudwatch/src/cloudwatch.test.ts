import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import type { Series, Watch } from '@tocsin/core'
import { collectContext, collectorContract, FakeClock } from '@tocsin/core/testing'
import { startMoto } from '@tocsin/dev-tools'
import { threshold } from '@tocsin/evaluator-threshold'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cloudwatch } from './index.ts'

const NOW = Date.parse('2026-01-05T12:00:30Z')
const clock = new FakeClock(NOW)
const regions = ['us-west-2']
const sqs = { namespace: 'AWS/SQS', stat: 'Maximum', period: '1m', unit: 'count' } as const
const depth = { ...sqs, metric: 'ApproximateNumberOfMessagesVisible' } as const

const moto = await startMoto()
Object.assign(process.env, moto.env)
afterAll(() => moto.stop())

/** Points from 11:54 on, one a minute. */
async function seed(region: string, Namespace: string, MetricName: string, dimensions: Readonly<Record<string, string>>, ...values: readonly number[]): Promise<void> {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
  const MetricData = values.map(
    (Value, index): MetricDatum => ({ MetricName, Dimensions, Value, Timestamp: new Date(Date.parse('2026-01-05T11:54:00Z') + index * 60_000) }),
  )
  await new CloudWatchClient({ region }).send(new PutMetricDataCommand({ Namespace, MetricData }))
}

async function collect(watch: Watch, wanted = Object.keys(watch.metrics)): Promise<{ series: Series[]; failures: string[] }> {
  const context = collectContext({ clock, now: NOW })
  expect(watch.problems.map(({ error }) => String(error))).toEqual([])
  const collector = watch.open()
  const series: Series[] = []
  for await (const one of collector.collect(new Set(wanted), context)) series.push(one)
  await collector.close?.()
  return { series, failures: context.failures.map(({ error }) => String(error)) }
}

beforeAll(async () => {
  await seed('us-west-2', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: 'jobs' }, 10, 20, 1500)
  await seed('us-west-2', 'AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: 'jobs' }, 30)
  await seed('us-west-2', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: 'mails' }, 1)
  await seed('us-west-2', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: 'jobs', Tenant: 'a' }, 777)
  await seed('eu-west-1', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: 'jobs' }, 5)
  await seed('us-west-2', 'App', 'Requests', {}, 120, 600)
  await seed('us-west-2', 'App', 'Latency', { Path: '/a,b', Stage: 'prod' }, 250)
})

collectorContract('cloudwatch', {
  watch: () => cloudwatch({ regions, metrics: { depth: { ...depth, dimensions: { QueueName: '*' } }, requests: { namespace: 'App', metric: 'Requests', stat: 'Sum', period: '1m', unit: 'count' } } }, {}),
  broken: {
    watch: () =>
      cloudwatch(
        {
          regions,
          endpoint: 'http://127.0.0.1:1',
          maxAttempts: 1,
          accounts: [{ roleArn: 'arn:aws:iam::123456789012:role/monitoring', externalId: 'external-1234' }],
          metrics: { depth: { ...depth, dimensions: { QueueName: '*' } } },
        },
        {},
      ),
    secrets: ['external-1234'],
  },
  context: () => ({ clock, now: NOW }),
})

describe('cloudwatch', () => {
  it('reads exactly the metric it is told, in each region', async () => {
    const watch = cloudwatch({ regions: ['us-west-2', 'eu-west-1'], metrics: { depth: { ...depth, dimensions: { QueueName: 'jobs' } } } }, { depth: threshold({ critical: 1_000 }) })
    const { series, failures } = await collect(watch)
    expect(failures).toEqual([])
    expect(Object.fromEntries(series.map(({ resource, values }) => [resource.id, [...values]]))).toEqual({
      'cloudwatch:123456789012:eu-west-1:AWS/SQS:QueueName=jobs': [5],
      'cloudwatch:123456789012:us-west-2:AWS/SQS:QueueName=jobs': [10, 20, 1500],
    })
    expect(series[0]).toMatchObject({ metric: 'depth', period: 60_000, resource: { type: 'cloudwatch', name: 'jobs', account: '123456789012', tags: { QueueName: 'jobs' } } })
  })

  it('finds every value of a dimension that is *, and no metric with more dimensions', async () => {
    const { series } = await collect(cloudwatch({ regions, metrics: { depth: { ...depth, dimensions: { QueueName: '*' } } } }, {}))
    expect(series.map(({ resource, values }) => `${resource.name} ${values.at(-1)}`).sort()).toEqual(['jobs 1500', 'mails 1'])
  })

  it('finds by some dimensions fixed and others not', async () => {
    const { series } = await collect(cloudwatch({ regions, metrics: { depth: { ...depth, dimensions: { QueueName: '*', Tenant: 'a' } } } }, {}))
    expect(series.map(({ resource, values }) => `${resource.name} ${values.at(-1)}`)).toEqual(['jobs a 777'])
  })

  it('makes one resource of metrics with the same dimensions, each only where it exists', async () => {
    const age = { ...sqs, metric: 'ApproximateAgeOfOldestMessage', unit: 'seconds', dimensions: { QueueName: '*' } } as const
    const { series } = await collect(cloudwatch({ regions, metrics: { depth: { ...depth, dimensions: { QueueName: '*' } }, age } }, {}))
    expect(series.map(({ resource, metric }) => `${resource.name} ${metric}`).sort()).toEqual(['jobs age', 'jobs depth', 'mails depth'])
    expect(new Set(series.map(({ resource }) => resource.id)).size).toBe(2)
  })

  it('gives an empty series, never a zero, of a metric without points', async () => {
    const { series } = await collect(cloudwatch({ regions, metrics: { depth: { ...depth, dimensions: { QueueName: 'nobody' } } } }, {}))
    expect(series.map(({ values }) => [...values])).toEqual([[]])
  })

  it('divides by the period, and multiplies by the scale', async () => {
    const { series } = await collect(
      cloudwatch(
        {
          regions,
          metrics: {
            requests: { namespace: 'App', metric: 'Requests', stat: 'Sum', period: '1m', unit: 'count/second', rate: true },
            latency: { namespace: 'App', metric: 'Latency', dimensions: { Path: '/a,b', Stage: 'prod' }, stat: 'Average', period: '1m', unit: 'seconds', scale: 0.001 },
          },
        },
        {},
      ),
    )
    expect(Object.fromEntries(series.map(({ metric, values }) => [metric, [...values]]))).toEqual({ requests: [2, 10], latency: [0.25] })
    expect(series.map(({ resource }) => `${resource.id} ${resource.name}`).sort()).toEqual([
      'cloudwatch:123456789012:us-west-2:App: App',
      'cloudwatch:123456789012:us-west-2:App:Path=/a%2Cb,Stage=prod /a,b prod',
    ])
  })

  it('settles after the time it is told', async () => {
    const settledUntil = async (settle?: '5m') => {
      const { series } = await collect(cloudwatch({ regions, metrics: { depth: { ...depth, dimensions: { QueueName: 'jobs' }, ...(settle ? { settle } : {}) } } }, {}))
      return NOW - (series[0]?.settledUntil ?? NaN)
    }
    const ordinary = await settledUntil()
    expect(ordinary).toBeGreaterThanOrEqual(120_000)
    expect(ordinary).toBeLessThan(300_000)
    expect(await settledUntil('5m')).toBeGreaterThanOrEqual(300_000)
  })

  it('describes its metrics by the options', () => {
    const { metrics } = cloudwatch({ metrics: { depth, low: { ...depth, worse: 'low', help: 'words' } } }, {})
    expect(metrics['depth']).toMatchObject({ unit: 'count', worse: 'high', help: 'Maximum of ApproximateNumberOfMessagesVisible (AWS/SQS)' })
    expect(metrics['low']).toMatchObject({ unit: 'count', worse: 'low', help: 'words' })
  })

  describe('expressions', () => {
    const lambda = { namespace: 'AWS/Lambda', stat: 'Sum', period: '1m', unit: 'count', dimensions: { FunctionName: '*' } } as const
    const metrics = { errors: { ...lambda, metric: 'Errors' }, invocations: { ...lambda, metric: 'Invocations' } }
    const rate = (expression: string) => ({ regions, metrics, expressions: { rate: { expression, unit: 'percent' } } }) as const

    beforeAll(async () => {
      await seed('us-west-2', 'AWS/Lambda', 'Invocations', { FunctionName: 'pay' }, 100, 200, 0, 50)
      await seed('us-west-2', 'AWS/Lambda', 'Errors', { FunctionName: 'pay' }, 1, 10, 0)
      await seed('us-west-2', 'AWS/Lambda', 'Invocations', { FunctionName: 'quiet' }, 10)
    })

    it('are computed of the metrics they name, which need no rules of their own', async () => {
      const { series, failures } = await collect(cloudwatch(rate('errors / invocations * 100'), {}), ['rate'])
      expect(failures).toEqual([])
      // A division by zero and a minute without errors give no point; a function without the metric gives no series.
      expect(series.map(({ resource, metric, values, period }) => [resource.name, metric, [...values], period])).toEqual([['pay', 'rate', [1, 5], 60_000]])
    })

    it('can stand in for what is missing', async () => {
      const { series } = await collect(cloudwatch(rate('FILL(errors, 0) / invocations * 100'), {}), ['rate'])
      expect(Object.fromEntries(series.map(({ resource, values }) => [resource.name, [...values]]))).toEqual({ pay: [1, 5, 0], quiet: [0] })
    })

    it.each([
      ['errors / invocation', 'names of "metrics": there is no invocation'],
      ['errors /', 'a metric, a number or a bracket was expected, at the end'],
      ['1 + 2', 'an expression with at least one metric'],
      ['errors / depth', 'metrics with the same namespace, dimensions and period'],
    ])('are refused: %s', (expression, fix) => {
      const { problems: found } = cloudwatch({ metrics: { ...metrics, depth }, expressions: { rate: { expression, unit: 'percent' } } }, {})
      expect(found.map(({ path, error }) => `${error.code} ${path.join('.')}: ${error.fix}`)).toEqual([`E103 expressions.rate.expression: ${fix}`])
    })

    it('have names of their own', () => {
      const { problems: found } = cloudwatch({ metrics, expressions: { errors: { expression: 'invocations', unit: 'count' } } }, {})
      expect(found.map(({ error }) => error.fix)).toEqual(['a name that no metric has'])
    })

    it('take the quantities of their unit', () => {
      const { problems: found } = cloudwatch(rate('errors / invocations * 100'), { rate: threshold({ critical: '250ms' }) } as object)
      expect(found.map(({ error }) => error.code)).toEqual(['E105'])
    })
  })

  describe('options', () => {
    // As a YAML file would bring it: the types would not let most of these through.
    const problems = (metric: object): string[] => {
      const options = JSON.parse(JSON.stringify({ metrics: { depth: { ...depth, ...metric } } }))
      return cloudwatch(options, {}).problems.map(({ path, error }) => `${error.code} ${path.join('.')}: ${error.fix}`)
    }

    it.each(['Average', 'Sum', 'SampleCount', 'IQM', 'p99', 'p99.9', 'p100', 'tm90', 'TM(2%:98%)', 'PR(:300)', 'WM(10%:)', 'tc50', 'ts99'])('takes the statistic %s', (stat) => {
      expect(problems({ stat })).toEqual([])
    })

    it.each(['average', 'Max', 'p', 'p101', 'TM', 'p99 '])('refuses the statistic %s', (stat) => {
      expect(problems({ stat })).toEqual(['E103 metrics.depth.stat: a statistic such as Average, Sum, Maximum or p99'])
    })

    it.each(['1s', '5s', '10s', '20s', '30s', '1m', '5m', '1h', '24h', '1d'])('takes the period %s', (period) => {
      expect(problems({ period })).toEqual([])
    })

    it.each(['0s', '2s', '45s', '90s', '500ms', '1.5m'])('refuses the period %s', (period) => {
      expect(problems({ period })).toEqual(['E103 metrics.depth.period: a multiple of 1m, or 1s, 5s, 10s, 20s or 30s for a high-resolution metric'])
    })

    it('refuses other mistakes where they are', () => {
      expect(problems({ period: '5min' })).toEqual(['E104 metrics.depth.period: write a number and ms, s, m, h, d or w: "5m"'])
      expect(problems({ rate: true })).toEqual(['E103 metrics.depth.rate: true only with stat: Sum or SampleCount'])
      expect(problems({ dimension: {} })).toEqual(['E102 metrics.depth.dimension: did you mean "dimensions"?'])
      expect(problems({ unit: 'ms' })[0]).toMatch(/^E103 metrics\.depth\.unit/)
      expect(cloudwatch({ metrics: {} }, {}).problems.map(({ error }) => error.fix)).toEqual(['at least one metric'])
    })

    it('knows the rules by the names of the metrics', () => {
      const rules = { deph: threshold({ critical: 1_000 }) }
      const { problems: found } = cloudwatch({ metrics: { depth } }, rules as object)
      expect(found.map(({ error }) => error.message)).toEqual(['unknown metric "deph" of cloudwatch'])
    })
  })
})
