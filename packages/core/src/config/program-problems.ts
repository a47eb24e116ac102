import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { type ConfigError, reasonOf, TocsinError } from '../errors.ts'
import { framePlace, inOrder, type Place, placeIn, syntaxPlace } from './place.ts'
import { offsetOfPath } from './source-path.ts'

/** What a program threw while it was imported, as coded errors with the places that are to be corrected. */
export async function programProblems(error: unknown, file: string, show: (path: string) => string): Promise<TocsinError[]> {
  const shown = (place: Place | undefined): string => (place ? `${show(place.file)}:${place.line}:${place.column}` : show(file))

  if (isConfigError(error)) {
    const { problems, paths } = error
    const refined = await Promise.all(
      problems.map(async ({ code, message, where = file, fix, cause }, index) => {
        const call = placeIn(where)
        return new TocsinError(code, message, { where: call ? shown(await keyPlace(call, paths[index] ?? [])) : show(where), fix, cause })
      }),
    )
    return inOrder(refined)
  }
  if (isTocsinError(error)) return [error.at(shown(framePlace(error, file)))]
  if (error instanceof SyntaxError) {
    const where = shown(syntaxPlace(error.stack ?? '') ?? (await placeOfCheck(file)))
    return [new TocsinError('E111', `the file cannot be parsed: ${reasonOf(error)}`, { where, fix: 'correct it there or just before', cause: error })]
  }
  const missing = await missingImport(error, file)
  if (missing) {
    const { specifier, place, fix } = missing
    return [new TocsinError('E113', `"${specifier}" cannot be imported`, { where: shown(place), fix, cause: error })]
  }
  return [new TocsinError('E113', reasonOf(error), { where: shown(framePlace(error, file)), fix: 'correct the program there', cause: error })]
}

/** Told by its shape, not by identity: the program may have its own copy of this package. */
function isConfigError(error: unknown): error is ConfigError {
  return error instanceof Error && error.name === 'ConfigError' && 'problems' in error && Array.isArray(error.problems) && 'paths' in error && Array.isArray(error.paths)
}

/** Told by its shape, too. */
function isTocsinError(error: unknown): error is TocsinError {
  return error instanceof Error && error.name === 'TocsinError' && 'at' in error && typeof error.at === 'function'
}

/** The place of the key at the end of a path, from the place of the call that the key is an argument of. */
async function keyPlace(call: Place, path: readonly PropertyKey[]): Promise<Place> {
  // What a collector or a notifier found wrong is placed at its own call, where the rules are an argument of their own.
  const [list, , ...inner] = path
  const isInside = ['watch', 'notify', 'record', 'reports'].includes(String(list)) && inner.length > 0
  const steps = !isInside ? path : inner[0] === 'rules' ? inner.slice(1) : inner
  const source = await readFile(call.file, 'utf8').catch(() => undefined)
  if (source === undefined) return call
  const start = source.split('\n').slice(0, call.line - 1).reduce((sum, line) => sum + line.length + 1, call.column - 1)
  const before = source.slice(0, offsetOfPath(source, start, steps)).split('\n')
  return { file: call.file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** Where plain JavaScript cannot be parsed is told only on the stderr of a process that ends of it. */
async function placeOfCheck(file: string): Promise<Place | undefined> {
  const failed: unknown = await promisify(execFile)(process.execPath, ['--check', file]).catch((error: unknown) => error)
  return typeof failed === 'object' && failed !== null && 'stderr' in failed ? syntaxPlace(String(failed.stderr)) : undefined
}

interface MissingImport {
  readonly specifier: string
  readonly fix: string
  /** Unknown when a module that the configuration imports has the import. */
  readonly place: Place | undefined
}

async function missingImport(error: unknown, file: string): Promise<MissingImport | undefined> {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND') return undefined
  const missing = /'([^']+)'/.exec(error.message)?.[1]
  if (missing === undefined) return undefined
  const source = await readFile(file, 'utf8')
  for (const { 2: specifier = '', index } of source.matchAll(/(["'])([^"'\n]+)\1/g)) {
    const isPath = /^\.{0,2}\//.test(specifier)
    const name = isPath ? fileURLToPath(new URL(specifier, pathToFileURL(file))) : packageOf(specifier)
    if (name !== missing.split('?')[0]) continue
    const before = source.slice(0, index).split('\n')
    const place = { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
    return { specifier, place, fix: isPath ? 'check the path' : `run "npm install ${name}"` }
  }
  return { specifier: missing, place: undefined, fix: 'check the path, or install the package' }
}

function packageOf(specifier: string): string {
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
}
