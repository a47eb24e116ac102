import { z } from 'zod'
import type { Problem } from './rule.ts'
import { schemaProblems } from './schema-problems.ts'

/** The schema of a plugin without options. */
export type NoOptions = z.ZodType<{}, {}>

/** Options that were read, or what is wrong with them. */
export type ParsedOptions<Output> = { readonly ok: true; readonly options: Output } | { readonly ok: false; readonly problems: readonly Problem[] }

/** The schema with unknown keys made errors: a misspelt option must never be passed over. */
export function strict<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema instanceof z.ZodObject ? (schema.strict() as unknown as Schema) : schema
}

/** Reads options through their schema, turning what is wrong into coded problems. `alsoKnown` keys are suggested beside the schema's own. */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, value: unknown, alsoKnown: readonly string[] = []): ParsedOptions<z.output<Schema>> {
  const result = schema.safeParse(value)
  if (result.success) return { ok: true, options: result.data }
  return { ok: false, problems: schemaProblems(result.error, schema, value, alsoKnown) }
}
