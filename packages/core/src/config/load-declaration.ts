import { dirname } from 'node:path'
import { ConfigError, TocsinError } from '../errors.ts'
import type { ResolvePlugin } from '../plugin/resolve.ts'
import { readDeclaration } from './declaration.ts'
import { readDocument } from '../document.ts'
import { hideValues } from './hide-values.ts'
import { type Interpolated, interpolate, type Sources } from './interpolate.ts'
import type { Monitor } from './monitor.ts'
import { inOrder } from './place.ts'

export interface DeclarationFile {
  /** Absolute. */
  readonly file: string
  readonly text: string
  /** The file's name in errors. */
  readonly shown: string
  readonly env: Sources['env']
  readonly values: Sources['values']
  readonly resolve: ResolvePlugin
}

/**
 * The monitor that a YAML or JSON file declares.
 *
 * @throws ConfigError with everything that is wrong, in the order of the file.
 */
export async function loadDeclaration({ file, text, shown, env, values, resolve }: DeclarationFile): Promise<Monitor> {
  const document = readDocument(text, shown)
  if (!document.readable) throw new ConfigError(document.problems)

  const failures: TocsinError[] = []
  const filled = new Map<object, Interpolated>()
  const sources = { env, values, folder: dirname(file) }
  const texts = await Promise.all(document.texts.map(async (scalar) => ({ scalar, interpolated: await interpolate(scalar.value, sources) })))
  for (const { scalar, interpolated } of texts) {
    if (interpolated === undefined) continue
    filled.set(scalar, interpolated)
    failures.push(...interpolated.failures.map(({ placeholder, error }) => error.at(document.placeWithin(scalar, placeholder))))
    scalar.value = interpolated.text
  }
  const placeholderAt = (path: readonly PropertyKey[]): Interpolated | undefined => filled.get(document.scalarAt(path) ?? filled)

  const declared = document.toValue()
  if (!isSettings(declared)) throw new ConfigError([...document.problems, notSettings(declared, shown)])
  const { monitor, problems } = await readDeclaration(declared, { resolve, isPlaceholder: (path) => placeholderAt(path)?.whole === true })

  const all = [...filled.values()]
  const found = problems.flatMap((problem) => {
    const near = placeholdersUnder(valueAt(declared, problem.path), problem.path, placeholderAt)
    // A placeholder that failed is reported as such, not once more for the text it was left as. A wrong key is wrong whatever it holds.
    const isAboutKey = problem.error.code === 'E101' || problem.error.code === 'E102'
    if (!isAboutKey && near.some((placeholder) => placeholder.failures.length > 0)) return []
    return [hideValues(problem.error, near, all).at(document.placeOf(problem))]
  })
  const wrong = [...document.problems, ...failures, ...found]
  if (monitor === undefined || wrong.length > 0) throw new ConfigError(inOrder(wrong))
  return monitor
}

function isSettings(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function notSettings(value: unknown, shown: string): TocsinError {
  const fix = 'write settings by name, such as "watch:" and "notify:"'
  if (value === null) return new TocsinError('E103', 'the configuration is empty', { where: `${shown}:1:1`, fix })
  return new TocsinError('E103', `the configuration cannot be ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}`, { where: `${shown}:1:1`, fix })
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined), value)
}

/** All placeholders in a value: what is wrong with a list or an object may be told with the values inside it. */
function placeholdersUnder(value: unknown, path: readonly PropertyKey[], at: (path: readonly PropertyKey[]) => Interpolated | undefined): Interpolated[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => placeholdersUnder(inner, [...path, key], at))
  }
  return [at(path) ?? []].flat()
}
