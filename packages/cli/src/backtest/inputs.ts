import { readdir, stat } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { formatOf, type PastFile, reasonOf } from '@tocsin/core'
import { usageError } from '../usage-error.ts'

/**
 * The files of points that `--in` names: files, and all CSV and JSON files in folders and below them, in alphabetical order. Those of a
 * folder are called by their path in it.
 *
 * @throws TocsinError E600 for a path that is not there, a folder without such files, and two files of one name.
 */
export async function inputFiles(paths: readonly string[], cwd: string): Promise<readonly PastFile[]> {
  const files = (await Promise.all(paths.map((path) => filesAt(path, resolve(cwd, path))))).flat()
  const twice = files.find(({ name }, index) => files.findIndex((other) => other.name === name) < index)
  if (twice !== undefined) throw usageError(`two files are called ${twice.name}`, 'give the folder that both are in, so that their paths differ', '--in')
  return files
}

async function filesAt(written: string, path: string): Promise<PastFile[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw usageError(`"${written}" cannot be read: ${reasonOf(error)}`, 'name a CSV or JSON file, or a folder of them', '--in')
  })
  if (!found.isDirectory()) return [{ path, name: basename(path) }]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && formatOf(entry.name) !== undefined).map((entry) => join(entry.parentPath, entry.name))
  if (files.length === 0) throw usageError(`"${written}" holds no file of points`, 'points are in .csv, .json, .jsonl or .ndjson files', '--in')
  return files.toSorted().map((file) => ({ path: file, name: relative(path, file).split(sep).join('/') }))
}
