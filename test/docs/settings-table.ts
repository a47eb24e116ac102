import type { z } from 'zod'

type JsonSchema = z.core.JSONSchema.BaseSchema

/** One setting, as the schema tells of it. */
export interface Setting {
  /** Its way from the top: `log.level`, `steps[].after`, `notify.<name>.use`. */
  readonly name: string
  readonly type: string
  readonly fallback: string
  readonly meaning: string
}

const WORDS: Readonly<Record<string, string>> = { string: 'text', integer: 'whole number', number: 'number', boolean: 'true or false' }

/** A text that stands for a number or a boolean: true of all of them, and said once. */
const isPlaceholder = ({ type, pattern }: JsonSchema): boolean => type === 'string' && pattern?.startsWith('^\\$\\{') === true

/** Every setting of an object's schema, those inside it after it. */
export function settingsOf(root: JsonSchema, skip: readonly string[] = []): Setting[] {
  const found: Setting[] = []
  const resolve = (schema: JsonSchema): JsonSchema => {
    const name = schema.$ref?.replace('#/$defs/', '')
    return name === undefined ? schema : { ...root.$defs?.[name], ...schema }
  }
  const inside = (schema: JsonSchema, way: string, seen: readonly string[]): void => {
    if (schema.$ref !== undefined && seen.includes(schema.$ref)) return
    const trail = schema.$ref === undefined ? seen : [...seen, schema.$ref]
    const { properties, required, items, additionalProperties, anyOf } = resolve(schema)
    for (const [key, value] of Object.entries(properties ?? {})) {
      if (typeof value === 'boolean' || (way === '' && skip.includes(key))) continue
      const name = way === '' ? key : `${way}.${key}`
      const meaning = value.description ?? ''
      found.push({ name, type: typeOf(value, resolve), fallback: fallbackOf(value, required?.includes(key) === true), meaning })
      inside(value, name, trail)
    }
    if (typeof items === 'object' && !Array.isArray(items)) inside(items, `${way}[]`, trail)
    if (typeof additionalProperties === 'object') inside(additionalProperties, `${way}.<name>`, trail)
    for (const one of anyOf ?? []) inside(one, way, trail)
  }
  inside(root, '', [])
  return [...new Map(found.map((setting) => [setting.name, setting])).values()]
}

function typeOf(written: JsonSchema, resolve: (schema: JsonSchema) => JsonSchema): string {
  const schema = resolve(written)
  const { type, title, anyOf, enum: values, const: only, items, additionalProperties } = schema
  if (schema['tocsin'] === 'secret') return 'secret text'
  if (title === 'duration') return 'duration'
  if (only !== undefined) return code(only)
  if (values !== undefined) return values.map(code).join(' or ')
  if (anyOf !== undefined) return [...new Set(anyOf.filter((one) => !isPlaceholder(one)).map((one) => typeOf(one, resolve)))].join(' or ')
  if (type === 'array') return typeof items === 'object' && !Array.isArray(items) ? `list of ${typeOf(items, resolve)}` : 'list'
  if (type === 'object') return typeof additionalProperties === 'object' && schema.properties === undefined ? `map of ${typeOf(additionalProperties, resolve)}` : 'object'
  return [type].flat().map((one) => WORDS[String(one)] ?? 'any').join(' or ')
}

/** From the schema; where it leaves the key out, from its words. */
function fallbackOf({ default: value, description = '' }: JsonSchema, required: boolean): string {
  const said = /\bDefault(?:, [^:]+)?:? (.+?)(?:\.\s|;)/.exec(`${description} `)?.[1]
  if (said !== undefined) return said
  if (value !== undefined) return code(value)
  return required ? 'required' : 'none'
}

const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
const cell = (text: string): string => text.replaceAll('|', '\\|')

export function tableOf(settings: readonly Setting[]): string {
  if (settings.length === 0) return 'No options.\n'
  return `| setting | type | default | meaning |\n|---|---|---|---|\n${settings.map(({ name, type, fallback, meaning }) => `| \`${name}\` | ${cell(type)} | ${cell(fallback)} | ${cell(meaning)} |\n`).join('')}`
}
