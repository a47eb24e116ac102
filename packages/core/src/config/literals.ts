import { z } from 'zod'

type JsonSchema = z.core.JSONSchema.BaseSchema
type Options = Readonly<Record<string, unknown>>

/** The input side of a schema as plain data. What JSON Schema cannot say is left open. */
export function inputSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
}

/**
 * Placeholders give texts. This turns `"80"` into `80` and `"true"` into `true` where the schema takes a number or a boolean and no
 * text, so that `critical: ${LIMIT}` works while a password of digits stays a password.
 *
 * @param isPlaceholder whether the value at a path is one whole placeholder.
 */
export function readLiterals(options: Options, schema: JsonSchema, isPlaceholder: (path: readonly PropertyKey[]) => boolean): Options {
  const read = (value: unknown, schemas: readonly JsonSchema[], path: readonly PropertyKey[]): unknown => {
    const open = schemas.flatMap((one) => one.anyOf ?? [one])
    if (typeof value === 'string') return isPlaceholder(path) ? literal(value, open) : value
    if (Array.isArray(value)) return value.map((item: unknown, index) => read(item, open.flatMap(({ items }) => schemasIn(items)), [...path, index]))
    return typeof value === 'object' && value !== null ? readAll(value, open, path) : value
  }
  const readAll = (values: object, open: readonly JsonSchema[], path: readonly PropertyKey[]): Options =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]: [string, unknown]) => {
        const schemas = open.flatMap(({ properties, additionalProperties }) => schemasIn(properties?.[key] ?? additionalProperties))
        return [key, read(value, schemas, [...path, key])]
      }),
    )
  return readAll(options, schema.anyOf ?? [schema], [])
}

function schemasIn(schema: JsonSchema['items'] | JsonSchema['additionalProperties']): JsonSchema[] {
  return typeof schema === 'object' && !Array.isArray(schema) ? [schema] : []
}

function literal(text: string, schemas: readonly JsonSchema[]): string | number | boolean {
  const types = new Set(schemas.map(({ type }) => type))
  if (types.has('string') || types.has(undefined)) return text
  if ((types.has('number') || types.has('integer')) && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text)
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
