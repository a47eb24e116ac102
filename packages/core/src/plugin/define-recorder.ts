import { z } from 'zod'
import { ConfigError } from '../errors.ts'
import { callSite } from './call-site.ts'
import { type NoOptions, parseOptions, strict } from './parse-options.ts'
import { API_VERSION } from './plugin.ts'
import type { RecorderFactory, RecorderSpec, Sink } from './recorder.ts'
import { duration } from './rule-options.ts'

/** What every recorder takes beside its own options. */
export const recorderOptions = z.strictObject({ every: duration.default(60_000).describe('Time between two recordings. Default `1m`.') })

/**
 * Makes a recorder plugin.
 *
 * ```ts
 * export const lines = defineRecorder({
 *   name: 'lines',
 *   options: z.object({ file: z.string() }),
 *   create: ({ file }) => ({ record: (recording) => appendFile(file, `${JSON.stringify(recording)}\n`) }),
 * })
 * ```
 */
export function defineRecorder<Schema extends z.ZodType = NoOptions>(spec: RecorderSpec<Schema>): RecorderFactory<z.input<Schema>> {
  const schema = strict((spec.options ?? z.object({})) as unknown as Schema)

  const sink = (options: Record<string, unknown> = {}): Sink => {
    const { every, ...rest } = options
    const own = parseOptions(schema, rest, ['every'])
    const common = parseOptions(recorderOptions, every === undefined ? {} : { every })
    const problems = [...(own.ok ? [] : own.problems), ...(common.ok ? [] : common.problems)]
    const site = callSite(sink)
    return {
      use: spec.name,
      every: common.ok ? common.options.every : 60_000,
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
  const plugin = { kind: 'recorder', name: spec.name, apiVersion: API_VERSION, options: schema } as const
  return Object.assign(sink, { plugin }) as unknown as RecorderFactory<z.input<Schema>>
}
