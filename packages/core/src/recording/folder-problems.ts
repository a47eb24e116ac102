import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { TocsinError } from '../errors.ts'
import { folderError } from './document-folder.ts'

/** What would keep documents from being written to a folder, or to the nearest folder above it that exists: for `check`, which makes none. */
export function folderProblems(folder: string): TocsinError[] {
  try {
    const nearest = nearestExisting(resolve(folder))
    readdirSync(nearest)
    accessSync(nearest, constants.W_OK | constants.X_OK)
    return []
  } catch (error) {
    return [folderError(error, folder)]
  }
}

function nearestExisting(path: string): string {
  const parent = dirname(path)
  return existsSync(path) || parent === path ? path : nearestExisting(parent)
}
