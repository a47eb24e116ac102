import { reasonOf, TocsinError } from '../errors.ts'
import { resolveFrom } from '../plugin/resolve.ts'
import type { ValueSource, ValueSources } from './value-source.ts'

/** The modules that bring sources, by scheme: imported when a placeholder names one. */
const MODULES: Readonly<Record<string, string>> = { ssm: '@tocsin/aws/secrets', secretsmanager: '@tocsin/aws/secrets' }

/**
 * Finds the source of a scheme: among those given, else in the package that is known to bring it.
 *
 * @param from file URLs of the modules whose surroundings are searched, in this order.
 * @throws TocsinError E107 when the package is not installed, E108 when it is but does not bring the source.
 */
export function valueSourceFinder(from: readonly string[], given: ValueSources = {}): (scheme: string) => Promise<ValueSource | undefined> {
  return async (scheme) => {
    if (Object.hasOwn(given, scheme)) return given[scheme]
    const specifier = Object.hasOwn(MODULES, scheme) ? MODULES[scheme] : undefined
    if (specifier === undefined) return undefined
    const name = specifier.split('/', 2).join('/')
    const url = resolveFrom(specifier, from)
    if (url === undefined) throw new TocsinError('E107', `placeholders read from "${scheme}" with the package ${name}, which is not installed`, { fix: `run "npm install ${name}"` })
    const fix = `install a version of ${name} that fits`
    const module: unknown = await import(url).catch((cause: unknown) => {
      throw new TocsinError('E108', `package ${name} cannot be loaded: ${reasonOf(cause)}`, { fix, cause })
    })
    const source = sourceIn(module, scheme)
    if (source === undefined) throw new TocsinError('E108', `package ${name} brings no source "${scheme}"`, { fix })
    return source
  }
}

function sourceIn(module: unknown, scheme: string): ValueSource | undefined {
  if (typeof module !== 'object' || module === null || !('valueSources' in module)) return undefined
  const sources = module.valueSources
  const source: unknown = typeof sources === 'object' && sources !== null && Object.hasOwn(sources, scheme) ? Reflect.get(sources, scheme) : undefined
  return isSource(source) ? source : undefined
}

function isSource(value: unknown): value is ValueSource {
  return typeof value === 'object' && value !== null && 'read' in value && typeof value.read === 'function' && 'permissions' in value && typeof value.permissions === 'function'
}
