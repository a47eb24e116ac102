import { z } from 'zod'
import { usageError } from '../usage-error.ts'

const threshold = z.number().positive('a number above 0')

/** Every key of the old script's `config.json`. */
const SHAPE = {
  /** Percent. */
  cpu_threshold: threshold,
  memory_threshold: threshold,
  disk_threshold: threshold,
  rds_cpu_threshold: threshold,
  /** Connections. */
  rds_connection_threshold: threshold,
  /** GB. */
  s3_size_threshold_gb: threshold,
  email_enabled: z.boolean(),
  slack_enabled: z.boolean(),
  /** Seconds. */
  check_interval: z.number().min(1, 'seconds, at least 1'),
}
const config = z.object(SHAPE).partial()

type OldConfig = z.output<typeof config>

/** A monitor's declaration, plain data. */
export interface TranslatedMonitor {
  readonly every?: string
  readonly watch: readonly { readonly use: string; readonly regions?: readonly string[]; readonly rules: Readonly<Record<string, { readonly critical: number | string }>> }[]
  readonly notify: Readonly<Record<string, { readonly use: string; readonly channel?: string; readonly to?: string }>>
}

export interface Variable {
  readonly name: string
  readonly key: keyof typeof SHAPE
  readonly meaning: string
  /** Whether the declaration reads it; the others are read by its notifiers, which look for them themselves. */
  readonly declared: boolean
}

export interface Translation {
  readonly declaration: TranslatedMonitor
  /** Environment variables that are needed, with the key that asks for each. */
  readonly variables: readonly Variable[]
  /** Keys that mean nothing here. */
  readonly unknown: readonly string[]
}

export interface TranslateOptions {
  /** Named in errors. */
  readonly file: string
  /** Regions to watch. Default: that of the credentials. */
  readonly regions?: readonly string[] | undefined
  /** Whether the environment tells a Slack channel: a bot posts then, else a webhook does. */
  readonly env: NodeJS.ProcessEnv
}

/** What a JSON text holds, when it is a configuration of the old script: one of its keys, and nothing that a monitor has. */
export function readOldConfig(text: string): Readonly<Record<string, unknown>> | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const { success, data } = z.record(z.string(), z.unknown()).safeParse(value)
  return success && !('watch' in data) && !('notify' in data) && Object.keys(data).some((key) => key in SHAPE) ? data : undefined
}

/**
 * The monitor that the old script's configuration stands for. Its thresholds are critical lines.
 *
 * @throws TocsinError E600 for a value of the wrong kind.
 */
export function translateOldConfig(given: Readonly<Record<string, unknown>>, { file, regions, env }: TranslateOptions): Translation {
  const parsed = config.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const key = String(issue?.path[0] ?? '')
    throw usageError(`"${key}" cannot be ${JSON.stringify(given[key])}`, issue?.message ?? 'see the README', file)
  }
  const old = parsed.data
  const byBot = env['SLACK_BOT_TOKEN'] !== undefined && env['SLACK_CHANNEL'] !== undefined
  return {
    declaration: {
      ...(old.check_interval === undefined ? {} : { every: `${old.check_interval}s` }),
      watch: watchesOf(old).map(({ use, rules }) => ({ use, ...(regions === undefined ? {} : { regions }), rules })),
      notify: notifiersOf(old, byBot),
    },
    variables: [...(old.email_enabled === true ? MAIL : []), ...(old.slack_enabled !== true ? [] : byBot ? BOT : WEBHOOK)],
    unknown: Object.keys(given).filter((key) => !(key in SHAPE)),
  }
}

const MAIL: readonly Variable[] = [
  { name: 'EMAIL_TO', key: 'email_enabled', meaning: 'the addresses, with commas', declared: true },
  { name: 'SMTP_URL', key: 'email_enabled', meaning: 'smtp://user:password@host:587', declared: false },
]
const BOT: readonly Variable[] = [
  { name: 'SLACK_CHANNEL', key: 'slack_enabled', meaning: 'the channel: #ops', declared: true },
  { name: 'SLACK_BOT_TOKEN', key: 'slack_enabled', meaning: 'the bot token, xoxb-...', declared: false },
]
const WEBHOOK: readonly Variable[] = [{ name: 'SLACK_WEBHOOK_URL', key: 'slack_enabled', meaning: 'the address of an incoming webhook; or SLACK_BOT_TOKEN and SLACK_CHANNEL for a bot', declared: false }]

type Rules = TranslatedMonitor['watch'][number]['rules']

function watchesOf(old: OldConfig): { readonly use: string; readonly rules: Rules }[] {
  const line = (name: string, critical: number | string | undefined): Rules => (critical === undefined ? {} : { [name]: { critical } })
  const all = [
    { use: 'ec2', rules: { ...line('cpu', old.cpu_threshold), ...line('memory', old.memory_threshold), ...line('disk', old.disk_threshold) } },
    { use: 'rds', rules: { ...line('cpu', old.rds_cpu_threshold), ...line('connections', old.rds_connection_threshold) } },
    { use: 's3', rules: line('size', old.s3_size_threshold_gb === undefined ? undefined : `${old.s3_size_threshold_gb}GB`) },
  ]
  return all.filter(({ rules }) => Object.keys(rules).length > 0)
}

/** Whom to tell; the terminal where nobody is named: alerts that nobody hears are none. */
function notifiersOf({ email_enabled: mail = false, slack_enabled: slack = false }: OldConfig, byBot: boolean): TranslatedMonitor['notify'] {
  return {
    ...(mail ? { mail: { use: 'email', to: '${EMAIL_TO}' } } : {}),
    ...(slack ? { slack: { use: 'slack', ...(byBot ? { channel: '${SLACK_CHANNEL}' } : {}) } } : {}),
    ...(mail || slack ? {} : { console: { use: 'console' } }),
  }
}
