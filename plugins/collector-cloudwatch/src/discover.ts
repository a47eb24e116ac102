import { type Dimensions, type Discovered, type DiscoverContext, parseExpression, type Target } from '@tocsin/aws'
import type { CustomFacts } from './catalogue.ts'
import type { CloudWatchOptions, CustomMetric } from './options.ts'

type Context = DiscoverContext<CloudWatchOptions>

const HOUR = 3_600_000

/** One resource for each set of dimensions in a namespace of an account; metrics that share it share the resource. */
export async function discover(target: Target, context: Context): Promise<readonly Discovered<CustomFacts>[]> {
  const found = new Map<string, Discovered<{ metrics: string[] }>>()
  const needed = neededOf(context)
  for (const account of accountsOf(target, context.options)) {
    for (const [name, metric] of Object.entries(context.options.metrics)) {
      if (!needed.has(name)) continue
      for (const dimensions of await dimensionsOf(metric, account, context)) {
        const id = resourceId(target, account, metric.namespace, dimensions)
        const known = found.get(id)
        if (known) known.facts.metrics.push(name)
        else found.set(id, { resource: { id, type: 'cloudwatch', name: nameOf(metric.namespace, dimensions), tags: dimensions }, account, dimensions, facts: { metrics: [name] } })
      }
    }
  }
  return [...found.values()]
}

/** The source accounts; undefined stands for the target's own, whose metrics are the same whether its number is sent or not. */
function accountsOf({ accountId }: Target, { sourceAccounts }: CloudWatchOptions): readonly (string | undefined)[] {
  return sourceAccounts === undefined ? [undefined] : [...new Set(sourceAccounts)].map((account) => (account === accountId ? undefined : account))
}

/** The wanted metrics, and those that wanted expressions read. */
function neededOf({ wanted, options: { expressions } }: Pick<Context, 'wanted' | 'options'>): Set<string> {
  const needed = new Set(wanted)
  for (const [name, { expression }] of Object.entries(expressions)) {
    if (wanted.has(name)) for (const input of parseExpression(expression).inputs) needed.add(input)
  }
  return needed
}

/** Whether any of the wanted metrics has a dimension whose values CloudWatch must tell. */
export function lists(options: CloudWatchOptions, wanted: ReadonlySet<string>): boolean {
  return [...neededOf({ wanted, options })].some((name) => Object.values(options.metrics[name]?.dimensions ?? {}).includes('*'))
}

/** The dimensions as written, or all that CloudWatch lists where one is `*`. */
async function dimensionsOf({ namespace, metric, dimensions, period }: CustomMetric, account: string | undefined, { listMetrics }: Context): Promise<readonly Dimensions[]> {
  const wanted = Object.entries(dimensions)
  if (!wanted.some(([, value]) => value === '*')) return [dimensions]
  const filter = Object.fromEntries(wanted.map(([key, value]) => [key, value === '*' ? undefined : value]))
  const listed = await listMetrics({ namespace, metric, dimensions: filter, account, recentlyActive: period <= HOUR })
  // CloudWatch lists metrics with further dimensions too; those are other metrics.
  return listed.map((one) => one.dimensions).filter((found) => Object.keys(found).length === wanted.length)
}

/** Values may hold anything, so the signs that separate them are escaped. */
function resourceId({ accountId, account, region }: Target, source: string | undefined, namespace: string, dimensions: Dimensions): string {
  const escape = (text: string): string => text.replace(/[%,=]/g, encodeURIComponent)
  const pairs = sorted(dimensions).map(([key, value]) => `${escape(key)}=${escape(value)}`)
  return ['cloudwatch', source ?? accountId ?? account, region, namespace, pairs.join(',')].join(':')
}

function nameOf(namespace: string, dimensions: Dimensions): string {
  return sorted(dimensions).map(([, value]) => value).join(' ') || namespace
}

function sorted(dimensions: Dimensions): [key: string, value: string][] {
  return Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))
}
