import { cosmiconfig } from 'cosmiconfig'
import { reasonOf, TocsinError } from '../errors.ts'

const PROGRAMS = ['ts', 'mts', 'js', 'mjs']
const DECLARATIONS = ['yaml', 'yml', 'json']

/** Names that are looked for in each folder, the first that exists wins. */
const SEARCH_PLACES: readonly string[] = [
  ...PROGRAMS.map((extension) => `tocsin.config.${extension}`),
  ...DECLARATIONS.map((extension) => `tocsin.${extension}`),
  '.tocsinrc',
  ...[...DECLARATIONS, ...PROGRAMS].map((extension) => `.tocsinrc.${extension}`),
]

/**
 * The configuration of a folder: in it, else in the nearest folder above, up to the home directory or the root, else
 * `config.{ts,yaml,...}` in `<XDG config directory>/tocsin`.
 *
 * @throws TocsinError E100 when there is none.
 */
export async function findConfiguration(cwd: string): Promise<string> {
  // Only found here; read by the loader, which needs positions. Empty files are found too, so that they are an error and not passed over.
  const keepText = (_file: string, text: string): string => text
  const loaders = Object.fromEntries(['noExt', ...['cjs', 'cts', ...PROGRAMS, ...DECLARATIONS].map((extension) => `.${extension}`)].map((name) => [name, keepText]))
  try {
    const explorer = cosmiconfig('tocsin', { searchPlaces: [...SEARCH_PLACES], loaders, searchStrategy: 'global', ignoreEmptySearchPlaces: false, cache: false })
    const found = await explorer.search(cwd)
    if (found) return found.filepath
  } catch (cause) {
    throw new TocsinError('E100', `the search for a configuration failed: ${reasonOf(cause)}`, { where: cwd, fix: 'name the file with --config', cause })
  }
  throw new TocsinError('E100', 'no configuration found', { where: `${cwd} and above`, fix: 'run "tocsin init", or name the file with --config' })
}
