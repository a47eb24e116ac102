import { realpath, stat } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import type { PastFile } from '@tocsin/core'
import { usageError } from '../usage-error.ts'

/**
 * What is written must not be what is read, now or the next time, whatever links lead there.
 *
 * @param inputs what was named to be read, absolute.
 * @param folder where the files are written, absolute.
 * @throws TocsinError E600 when it is.
 */
export async function refuseOverlap(inputs: readonly string[], files: readonly PastFile[], folder: string): Promise<void> {
  const to = await resolved(folder)
  for (const input of inputs) {
    const from = await resolved(input)
    if (`${to}${sep}`.startsWith(`${from}${sep}`) || join(to, basename(from)) === from) refuse('--out lies in --in')
  }
  const read = new Set(await Promise.all(files.map(({ path }) => identityOf(path))))
  for (const { name } of files) {
    const there = await identityOf(join(folder, name))
    if (there !== undefined && read.has(there)) refuse(`${name} in --out is a file of --in`)
  }
}

const refuse = (what: string): never => {
  throw usageError(what, 'write to a folder that is not read', 'tocsin backtest')
}

const resolved = (path: string): Promise<string> => realpath(path).catch(() => path)

/** Files of one identity are one file: links share it. `undefined` for one that is not there. */
async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found && `${found.dev}:${found.ino}`
}
