import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { rename } from '../mutations.ts'

/**
 * The cases and the differences, at a time and perhaps with other labels.
 *
 * @param now what the tests call now, milliseconds since the epoch.
 * @param names labels that get other names.
 */
export function readCases(now: number, names: readonly string[]) {
  const read = <Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> => schema.parse(JSON.parse(rename(readFileSync(new URL(file, import.meta.url), 'utf8'), names)))
  const seconds = z.number().transform((s) => now + Math.round(s * 1_000))
  const states = z.enum(['pending', 'active', 'expired'])
  const sets = z.array(z.array(z.tuple([z.string(), z.string(), z.string()]).transform(([name, type, value]) => ({ name, type, value }))))
  const labels = z.record(z.string(), z.string())
  const times = z.tuple([seconds, seconds])
  const difference = z.string().optional()
  const shown = z.record(z.string(), z.strictObject({ matchers: z.string(), startsAt: seconds, endsAt: seconds, comment: z.string() }))
  const given = z.strictObject({ matchers: z.string().optional(), startsAt: seconds.optional(), endsAt: seconds.nullable().optional(), comment: z.string().optional() })
  const step = z.strictObject({
    at: seconds, given: z.record(z.string(), times).optional(), pattern: z.string().optional(), create: z.string().optional(), edit: z.string().optional(), expire: z.string().optional(), as: z.string().optional(),
    with: given.optional(), reason: z.string().optional(), refused: z.boolean().optional(), silences: shown.optional(), states: z.record(z.string(), states).optional(), labels: labels.optional(), hidden: z.boolean().optional(), difference,
  })
  const cases = read(
    'cases.json',
    z.object({
      commit: z.string().length(40),
      states: z.record(z.string(), z.array(z.strictObject({ startsAt: seconds, endsAt: seconds, states: z.array(states), keep: z.boolean() }))),
      matches: z.object({ labels, TestQMatches: z.array(z.strictObject({ sets, found: z.boolean() })) }),
      ids: z.record(z.string(), z.array(z.strictObject({ stored: z.array(z.string()), ids: z.array(z.string()).optional(), found: z.array(z.string()) }))),
      updates: z.record(z.string(), z.array(z.strictObject({ name: z.string(), from: times, to: times, inPlace: z.boolean(), difference }))),
      valid: z.record(z.string(), z.array(z.strictObject({ name: z.string(), sets, startsAt: seconds.optional(), endsAt: seconds.optional(), valid: z.boolean(), difference }))),
      scenarios: z.record(z.string(), z.array(step)),
    }),
  )
  const { differences } = read(
    'differences.json',
    z.object({
      differences: z.array(
        z.strictObject({
          id: z.string(), test: z.string(), what: z.string(), why: z.string(), theirs: z.unknown(),
          ours: z.strictObject({ reason: z.string().optional(), silences: shown.optional(), valid: z.boolean().optional(), found: z.array(z.string()).optional() }),
        }),
      ),
    }),
  )
  return { cases, differences }
}
