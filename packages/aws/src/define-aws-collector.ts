import { type CollectorFactory, defineCollector, type Metric } from '@tocsin/core'
import type { z } from 'zod'
import type { AwsOptions } from './aws-options.ts'
import type { AwsMetric, Catalogue, Discovered, FactsOf } from './catalogue.ts'
import { createAwsCollector } from './create-aws-collector.ts'
import { type CallPlace, collectorPermissions } from './collector-permissions.ts'
import type { DiscoverContext } from './discover-context.ts'
import type { ApiUse } from './permissions.ts'
import type { Target } from './target.ts'

/** A collector of one AWS service: how to find its resources, and what to ask CloudWatch about them. */
export interface AwsCollectorSpec<C extends Catalogue<never>, Schema extends z.ZodType<AwsOptions>> {
  /** The name in `use:`, and the first half of every rule name: `ec2`. */
  readonly name: string
  /** What it finds, in the plural, for people: `no running EC2 instances · us-west-2`. */
  readonly resources: string
  /** `awsOptions`, or `awsOptions.extend({...})`. */
  readonly options: Schema
  /**
   * Seconds for which found resources are used before they are looked for again. AWS says 300 is enough for EC2 and RDS; buckets
   * may be 3600. A failed refresh keeps what was known, and is reported when that is older than three times this.
   */
  readonly ttl: number
  /**
   * Finds the regions that have resources; asked of the home region where neither options nor account name any, and kept for
   * `ttl`. For services whose list is the same everywhere, such as S3: its home is us-east-1 where nothing says otherwise.
   * Default: the home region alone.
   */
  readonly locate?: (home: Target, context: DiscoverContext<z.output<Schema>>) => Promise<readonly string[]>
  /** Finds all resources of one region, all pages. Throw what `target.call` throws; other regions go on. */
  readonly discover: (target: Target, context: DiscoverContext<z.output<Schema>>) => Promise<readonly Discovered<FactsOf<C>>[]>
  /**
   * The calls that `locate` and `discover` make for these metrics in these regions of one account, so that `tocsin iam` can tell what AWS must
   * allow. GetMetricData is known, and so is ListMetrics for metrics that are `listed`. Offline. Default: none.
   *
   * @param place the regions, where the options name any, and the role by which the account is told.
   */
  readonly calls?: (options: z.output<Schema>, wanted: ReadonlySet<string>, place: CallPlace) => readonly ApiUse[]
  /**
   * Schema of the facts. With it what was discovered is kept in the folder of the option `cache`, so that the next process need not
   * discover again within `ttl`, and has something to go on with when discovery fails. Default: nothing is kept.
   */
  readonly facts?: z.ZodType<FactsOf<C>>
  /**
   * Whether these options have it read resources of other accounts with the target's credentials. A failure of a region then covers
   * its resources whatever their account. Default: it does not.
   */
  readonly spansAccounts?: (options: z.output<Schema>) => boolean
  /** The metrics; or, where the options name them, a function of the options. They are given the facts that `discover` found. */
  readonly catalogue: C | ((options: z.output<Schema>) => C)
}

/**
 * Makes a collector of an AWS service. It takes care of accounts, regions, credentials, discovery, quotas, paging, packing
 * and errors; the plugin says what to find and what to ask.
 *
 * ```ts
 * export const queue = defineAwsCollector({
 *   name: 'sqs',
 *   resources: 'queues',
 *   options: awsOptions,
 *   ttl: 300,
 *   catalogue: {
 *     waiting: { unit: 'count', worse: 'high', help: 'Messages waiting', namespace: 'AWS/SQS', metric: 'ApproximateNumberOfMessagesVisible', stat: 'Maximum', period: 60, settle: 120 },
 *   },
 *   discover: async (target, { signal }) => { ... },
 * })
 * ```
 */
export function defineAwsCollector<const C extends Catalogue<never>, Schema extends z.ZodType<AwsOptions>>(
  spec: AwsCollectorSpec<C, Schema>,
): CollectorFactory<MetricsOf<C>, z.input<Schema>> {
  const catalogueOf = (options: z.output<Schema>): C => (typeof spec.catalogue === 'function' ? spec.catalogue(options) : spec.catalogue)
  return defineCollector<MetricsOf<C>, Schema>({
    name: spec.name,
    options: spec.options,
    metrics: (options) => metricsOf(catalogueOf(options)),
    permissions: (options, wanted) => collectorPermissions(options, wanted, catalogueOf(options), (place) => spec.calls?.(options, wanted, place) ?? []),
    create: (options) => createAwsCollector<z.output<Schema>, keyof C & string, FactsOf<C>>(spec, options, entriesOf(catalogueOf(options))),
  })
}

/** What rules and docs need to know of a catalogue. */
export type MetricsOf<C extends Catalogue<never>> = { readonly [Name in keyof C]: Metric<C[Name]['unit']> }

function metricsOf<C extends Catalogue<never>>(catalogue: C): MetricsOf<C> {
  const metrics = Object.entries(catalogue).map(([name, { unit, worse, help }]) => [name, { unit, worse, help }])
  // `fromEntries` forgets which name has which unit.
  return Object.fromEntries(metrics) as MetricsOf<C>
}

/** The same catalogue: a type's keys and facts cannot be read back from a type parameter, only told. */
function entriesOf<C extends Catalogue<never>>(catalogue: C): Readonly<Record<keyof C & string, AwsMetric<FactsOf<C>>>> {
  return catalogue as unknown as Readonly<Record<keyof C & string, AwsMetric<FactsOf<C>>>>
}
