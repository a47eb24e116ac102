import { z } from 'zod'
import { type ErrorCode, TocsinError } from '../errors.ts'
import { isSecret } from '../secret.ts'
import type { Problem } from './rule.ts'
import { suggest } from './suggest.ts'

/** What a schema found wrong, as coded problems. `schema` gives the known keys for suggestions, `alsoKnown` further ones. */
export function schemaProblems(error: z.ZodError, schema: z.ZodType, value: unknown, alsoKnown: readonly string[] = []): Problem[] {
  return error.issues.flatMap((issue) => problemsOf(issue, { schema, alsoKnown }, value))
}

/** A schema, and keys that stand beside its own at the top without belonging to it. */
interface Known {
  readonly schema: z.ZodType
  readonly alsoKnown: readonly string[]
}

function problemsOf(issue: z.core.$ZodIssue, known: Known, value: unknown, base: readonly PropertyKey[] = []): Problem[] {
  const { schema, alsoKnown } = known
  const path = [...base, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const keys = [...keysAt(schema, path), ...(path.length === 0 ? alsoKnown : [])]
    return issue.keys.map((key) => ({
      path: [...path, key],
      error: new TocsinError('E102', `unknown key "${key}"`, { fix: suggest(key, keys) }),
    }))
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The branch that got furthest is the one that was meant.
    const branches = issue.errors.map((branch) => branch.flatMap((inner) => problemsOf(inner, known, value, path)))
    const depth = (problems: readonly Problem[]): number => Math.max(...problems.map((problem) => problem.path.length))
    const best = branches.reduce((a, b) => (depth(b) > depth(a) ? b : a))
    if (depth(best) > path.length) return best
    const coded = branches.flat().find((problem) => problem.error.code !== 'E103')
    if (coded) return [coded]
  }
  const found = valueAt(value, path)
  const shown = schemasAt(schema, path).some(isSecret) ? 'what stands there' : show(found)
  const name = String(path.at(-1) ?? 'options')
  if (found === undefined) {
    return [{ path, error: new TocsinError('E103', `"${name}" is missing`, { fix: `add it: ${expectation(issue)}` }) }]
  }
  const code = codeOf(issue)
  const what = code === 'E104' ? `"${name}" is not a duration: ${shown}` : `"${name}" cannot be ${shown}`
  const fix = code === 'E104' ? 'write a number and ms, s, m, h, d or w: "5m"' : expectation(issue)
  return [{ path, error: new TocsinError(code, what, { fix }) }]
}

function codeOf(issue: z.core.$ZodIssue): ErrorCode {
  return issue.code === 'custom' && issue.params?.['code'] === 'E104' ? 'E104' : 'E103'
}

function expectation(issue: z.core.$ZodIssue): string {
  return issue.message.replace(/^Invalid input: /, '')
}

/** Values are shown so that a typo is seen, never more than a few characters: a secret may stand in the wrong place. */
function show(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return value.length <= 12 ? `"${value}"` : `a text of ${value.length} characters`
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : typeof value
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined), value)
}

/** Schemas that may apply at a path, looking through wrappers; a union gives several. */
function schemasAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType[] {
  if (isSecret(schema)) return path.length === 0 ? [schema] : []
  const inner = unwrap(schema)
  if (inner !== schema) return schemasAt(inner, path)
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => schemasAt(option as z.ZodType, path))
  const [head, ...rest] = path
  if (head === undefined) return [inner]
  const next: unknown = inner instanceof z.ZodObject ? inner.shape[String(head)] : inner instanceof z.ZodArray ? inner.element : inner instanceof z.ZodRecord ? inner.valueType : undefined
  return next instanceof z.ZodType ? schemasAt(next, rest) : []
}

function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  return schemasAt(schema, path).flatMap((found) => (found instanceof z.ZodObject ? Object.keys(found.shape) : []))
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) return schema.unwrap() as z.ZodType
  if (schema instanceof z.ZodPipe) return schema.in as z.ZodType
  return schema
}
