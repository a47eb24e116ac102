import { z } from 'zod'
import { ConfigError } from '../errors.ts'
import { secretsIn } from '../secret.ts'
import { callSite } from './call-site.ts'
import type { Channel, NotifierFactory, NotifierSpec } from './notifier.ts'
import { type NoOptions, parseOptions, strict } from './parse-options.ts'
import { API_VERSION } from './plugin.ts'

/** What every notifier takes beside its own options. */
export const notifierOptions = z.strictObject({ sendResolved: z.boolean().default(true).describe('Whether the end of what was told is told. Default true.') })

/**
 * Makes a notifier plugin.
 *
 * ```ts
 * export const pager = defineNotifier({
 *   name: 'pager',
 *   options: z.object({ url: z.url(), token: secret() }),
 *   create: ({ url, token }) => ({ async send(notification, { signal }) { ... return delivered() } }),
 * })
 * ```
 */
export function defineNotifier<Schema extends z.ZodType = NoOptions>(spec: NotifierSpec<Schema>): NotifierFactory<z.input<Schema>> {
  const schema = strict((spec.options ?? z.object({})) as unknown as Schema)

  const channel = (options: Record<string, unknown> = {}): Channel => {
    const { sendResolved, ...rest } = options
    const own = parseOptions(schema, rest, ['sendResolved'])
    const common = parseOptions(notifierOptions, sendResolved === undefined ? {} : { sendResolved })
    const problems = [...(own.ok ? [] : own.problems), ...(common.ok ? [] : common.problems)]
    const site = callSite(channel)
    return {
      use: spec.name,
      sendResolved: common.ok ? common.options.sendResolved : true,
      limit: spec.limit ?? { concurrent: 5 },
      reports: spec.reports ?? false,
      secrets: own.ok ? secretsIn(own.options) : [],
      problems,
      ...(site === undefined ? {} : { site }),
      check: () => (own.ok && problems.length === 0 ? (spec.check?.(own.options) ?? []) : []),
      permissions: () => (own.ok && problems.length === 0 ? (spec.permissions?.(own.options) ?? []) : []),
      open: () => {
        if (!own.ok || problems.length > 0) throw new ConfigError(problems.map(({ error }) => error))
        return spec.create(own.options)
      },
    }
  }
  const plugin = { kind: 'notifier', name: spec.name, apiVersion: API_VERSION, options: schema } as const
  return Object.assign(channel, { plugin }) as unknown as NotifierFactory<z.input<Schema>>
}
