import { z } from 'zod'

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i

type JsonSchema = z.core.JSONSchema.BaseSchema
type Options = Readonly<Record<string, unknown>>

/** The input side of a schema as plain data. What JSON Schema cannot say is left open. */
export function inputSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
}

/**
 * Placeholders give texts. This turns `"80"` into `80` and `"true"` into `true` where the schema takes a number or a boolean and no
 * such text, so that `critical: ${LIMIT}` works while a password of digits stays a password.
 *
 * @param isPlaceholder whether the value at a path is one whole placeholder.
 */
export function readLiterals(options: Options, schema: JsonSchema, isPlaceholder: (path: readonly PropertyKey[]) => boolean): Options {
  const read = (value: unknown, schemas: readonly JsonSchema[], path: readonly PropertyKey[]): unknown => {
    const open = schemas.flatMap(branches)
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
  return readAll(options, branches(schema), [])
}

function branches(schema: JsonSchema): JsonSchema[] {
  return schema.anyOf?.flatMap(branches) ?? [schema]
}

function schemasIn(schema: JsonSchema['items'] | JsonSchema['additionalProperties']): JsonSchema[] {
  return typeof schema === 'object' && !Array.isArray(schema) ? [schema] : []
}

function literal(text: string, schemas: readonly JsonSchema[]): string | number | boolean {
  // A union of plain types is written as one schema with a list of types.
  const types = new Set(schemas.flatMap(({ type }) => type))
  if (types.has(undefined) || schemas.some((schema) => takesText(schema, text))) return text
  if ((types.has('number') || types.has('integer')) && NUMBER.test(text)) return Number(text)
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

function takesText({ type, pattern }: JsonSchema, text: string): boolean {
  return [type].flat().includes('string') && (pattern === undefined || new RegExp(pattern).test(text))
}
