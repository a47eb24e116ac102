import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { reasonOf, TocsinError } from '../errors.ts'
import type { ValueReader } from './value-reader.ts'

/** Largest file that a placeholder may name: a certificate bundle fits, a log does not. */
const LARGEST_FILE = 1024 * 1024

const ESCAPED = '$${'

/** `$${` for a plain `${`, `${...}`, or a `${` that is never closed. */
const PLACEHOLDER = /\$\$\{|\$\{([^}]*)\}|\$\{/g

/** Where placeholders find their values. */
export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder that `${file:...}` is relative to: that of the configuration. */
  readonly folder: string
  /** What `${scheme:name}` is read with. */
  readonly values: Pick<ValueReader, 'read'>
}

/** A text with its placeholders filled in. */
export interface Interpolated {
  /** As it was written: this is what may be shown. */
  readonly written: string
  readonly text: string
  /** What each placeholder held: this must never be shown. */
  readonly values: readonly { readonly placeholder: string; readonly value: string }[]
  /** True when the whole text is one placeholder: only then can it stand for a number. */
  readonly whole: boolean
  readonly failures: readonly Failure[]
}

export interface Failure {
  /** The placeholder as it was written. */
  readonly placeholder: string
  readonly error: TocsinError
}

/**
 * Fills in the placeholders of a text: `${NAME}`, `${NAME:-default}` (taken when the variable is empty, too), `${file:path}`
 * (line breaks at the end are cut) and `${scheme:name}`, which a package reads. `$${` gives a plain `${`. What is filled in is not read again.
 *
 * `undefined` when there is nothing to fill in. Failures are returned, never thrown, so that all of them can be shown.
 */
export async function interpolate(written: string, sources: Sources): Promise<Interpolated | undefined> {
  const found = [...written.matchAll(PLACEHOLDER)]
  if (found.length === 0) return undefined
  const read = await Promise.all(found.map(async ([placeholder, inner]) => ({ placeholder, ...(placeholder === ESCAPED ? { value: '${' } : await outcomeOf(inner, sources)) })))
  const values: Interpolated['values'][number][] = []
  const failures: Failure[] = []
  let text = ''
  let end = 0
  for (const [index, { placeholder, ...outcome }] of read.entries()) {
    const start = found[index]?.index ?? end
    text += written.slice(end, start)
    end = start + placeholder.length
    if ('error' in outcome) {
      failures.push({ placeholder, error: outcome.error })
      continue
    }
    if (placeholder !== ESCAPED) values.push({ placeholder, value: outcome.value })
    text += outcome.value
  }
  return { written, text: text + written.slice(end), values, whole: values[0]?.placeholder === written, failures }
}

async function outcomeOf(inner: string | undefined, sources: Sources): Promise<{ readonly value: string } | { readonly error: TocsinError }> {
  try {
    return { value: await valueOf(inner, sources) }
  } catch (error) {
    if (error instanceof TocsinError) return { error }
    throw error
  }
}

async function valueOf(inner: string | undefined, { env, folder, values }: Sources): Promise<string> {
  const file = /^file:(.+)$/s.exec(inner ?? '')?.[1]
  if (file !== undefined) return readFileValue(resolve(folder, file), file)

  const variable = /^([A-Za-z_]\w*)(?::-(.*))?$/s.exec(inner ?? '')
  if (variable?.[1] !== undefined) {
    const [, name, fallback] = variable
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (value !== undefined && value !== '') return value
    if (fallback !== undefined) return fallback
    const what = `environment variable ${name} is ${value === '' ? 'empty' : 'not set'}`
    throw new TocsinError('E109', what, { fix: `set it, or write \${${name}:-default}` })
  }

  const [, scheme, name] = /^([a-z]+):(.+)$/s.exec(inner ?? '') ?? []
  if (scheme !== undefined && name !== undefined) return values.read(scheme, name)
  throw new TocsinError('E103', 'a placeholder is malformed', { fix: 'write ${NAME}, ${NAME:-default}, ${file:path}, ${ssm:/path} or ${secretsmanager:id}; $${ for a plain ${' })
}

async function readFileValue(path: string, written: string): Promise<string> {
  try {
    const { size } = await stat(path).then((entry) => (entry.isFile() ? entry : Promise.reject(new Error('not a file'))))
    if (size > LARGEST_FILE) throw new Error(`larger than ${LARGEST_FILE} bytes`)
    return (await readFile(path, 'utf8')).replace(/[\r\n]+$/, '')
  } catch (cause) {
    throw new TocsinError('E110', `file "${written}" cannot be read: ${reasonOf(cause)}`, { fix: 'check the path, from the folder of the configuration, and its permissions', cause })
  }
}
