/** A value as it will be written: plain, or from an environment variable. */
export type Value = string | number | readonly string[] | FromEnvironment | { readonly [key: string]: Value }

interface FromEnvironment {
  readonly env: string
}

/** What the person chose. */
export interface Choice {
  readonly name: string
  readonly watch: readonly CollectorName[]
  readonly regions: readonly string[]
  readonly notify: readonly NotifierName[]
  /** The Slack channel; without it Slack is told through a webhook. */
  readonly channel?: string
  /** Mail addresses. */
  readonly to: readonly string[]
}

/** The lines that most percentages are watched with: written once, used by name. */
export const HIGH = { warning: 60, critical: 80, for: '5m' } as const

/** `high`: the shared lines. */
export type RuleText = 'high' | { readonly [key: string]: Value }

interface CollectorEntry {
  readonly label: string
  readonly package: string
  /** True when it asks AWS, and so takes regions. */
  readonly aws: boolean
  /** Its options beside the regions. */
  readonly options?: { readonly [key: string]: Value }
  readonly rules: Readonly<Record<string, RuleText>>
}

export const COLLECTORS = {
  host: {
    label: 'this machine: CPU, memory, disk',
    package: '@tocsin/collector-host',
    aws: false,
    rules: { cpu: 'high', memory: 'high', disk: 'high' },
  },
  ec2: { label: 'EC2 instances: CPU', package: '@tocsin/collector-ec2', aws: true, rules: { cpu: 'high' } },
  rds: { label: 'RDS instances: CPU, connections', package: '@tocsin/collector-rds', aws: true, rules: { cpu: 'high', connectionsUsed: 'high' } },
  s3: { label: 'S3 buckets: size', package: '@tocsin/collector-s3', aws: true, rules: { size: { warning: '500GB', critical: '1TB' } } },
  cloudwatch: {
    label: 'any CloudWatch metric: a sample for SQS queues',
    package: '@tocsin/collector-cloudwatch',
    aws: true,
    options: {
      metrics: {
        queueDepth: { namespace: 'AWS/SQS', metric: 'ApproximateNumberOfMessagesVisible', dimensions: { QueueName: '*' }, stat: 'Maximum', period: '1m', unit: 'count' },
      },
    },
    rules: { queueDepth: { warning: 500, critical: 1000, for: '5m' } },
  },
} as const satisfies Record<string, CollectorEntry>

export type CollectorName = keyof typeof COLLECTORS

export interface NotifierEntry {
  readonly label: string
  /** Absent for what the core brings itself. */
  readonly package?: string
  /** The function that makes it, in TypeScript. */
  readonly factory: string
  options(choice: Choice): { readonly [key: string]: Value }
  /** Environment variables that it needs, with what belongs in them. */
  variables(choice: Choice): Readonly<Record<string, string>>
}

const none = (): {} => ({})

export const NOTIFIERS = {
  console: { label: 'this terminal', factory: 'consoleNotifier', options: none, variables: none },
  file: { label: 'a file, tocsin-alerts.log', factory: 'fileNotifier', options: () => ({ path: 'tocsin-alerts.log' }), variables: none },
  slack: {
    label: 'a Slack channel',
    package: '@tocsin/notifier-slack',
    factory: 'slack',
    options: ({ channel }) => (channel === undefined ? {} : { channel }),
    variables: ({ channel }): Record<string, string> => (channel === undefined ? { SLACK_WEBHOOK_URL: 'the address of an incoming webhook' } : { SLACK_BOT_TOKEN: 'the bot token, xoxb-...' }),
  },
  email: {
    label: 'mail',
    package: '@tocsin/notifier-email',
    factory: 'email',
    options: ({ to }) => ({ to }),
    variables: () => ({ SMTP_URL: 'smtp://user:password@host:587' }),
  },
  sns: {
    label: 'an SNS topic',
    package: '@tocsin/notifier-sns',
    factory: 'sns',
    options: () => ({ topicArn: { env: 'SNS_TOPIC_ARN' } }),
    variables: () => ({ SNS_TOPIC_ARN: 'arn:aws:sns:region:account:topic' }),
  },
  webhook: {
    label: 'a webhook',
    package: '@tocsin/notifier-webhook',
    factory: 'webhook',
    options: () => ({ url: { env: 'WEBHOOK_URL' } }),
    variables: () => ({ WEBHOOK_URL: 'https://...' }),
  },
} as const satisfies Record<string, NotifierEntry>

export type NotifierName = keyof typeof NOTIFIERS

export const collectorNames = Object.keys(COLLECTORS) as readonly CollectorName[]
export const notifierNames = Object.keys(NOTIFIERS) as readonly NotifierName[]

/** Looks an entry up as what all entries have in common. */
export const collectorEntry = (name: CollectorName): CollectorEntry => COLLECTORS[name]
export const notifierEntry = (name: NotifierName): NotifierEntry => NOTIFIERS[name]

/** Whether anything of the choice asks AWS for regions. */
export const needsRegions = (watch: readonly CollectorName[]): boolean => watch.some((name) => collectorEntry(name).aws)

/** The packages to install. */
export function packagesOf({ watch, notify }: Choice): string[] {
  return ['tocsin', '@tocsin/core', ...watch.map((name) => collectorEntry(name).package), '@tocsin/evaluator-threshold', ...notify.flatMap((name) => notifierEntry(name).package ?? [])]
}

/** The environment variables to set, with what belongs in them. */
export function variablesOf(choice: Choice): Record<string, string> {
  return Object.assign({}, ...choice.notify.map((name) => notifierEntry(name).variables(choice)))
}
