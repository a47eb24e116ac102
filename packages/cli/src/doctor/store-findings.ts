import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { asTocsinError, type Finding, type Monitor, reasonOf, TocsinError } from '@tocsin/core'
import { checkSqliteFile } from '@tocsin/store-sql'
import type { StatePlace } from '../run/state-path.ts'
import { agoWords } from '../view/ago-words.ts'

/** Less than this is told: a store of 10,000 series grows by some 60 MB a day before it is packed. Bytes. */
const LITTLE_SPACE = 1024 ** 3
/** With less than this SQLite cannot even make room. Bytes. */
const NO_SPACE = 32 * 1024 ** 2
/** A pass is late after so many intervals. */
const LATE_INTERVALS = 3

/** The store, the disk it is on, and the last pass. Changes nothing; the tables of a database that was never used are made. */
export async function storeFindings(monitor: Pick<Monitor, 'name' | 'every' | 'schedule'>, place: StatePlace, { now, offline }: { readonly now: number; readonly offline: boolean }): Promise<Finding[]> {
  if (place.file === undefined) return offline ? [{ check: 'store', of: place.shown, state: 'untried', found: 'not tried: offline' }] : opened(monitor, place, now)
  const { file } = place
  const there = await nearest(file)
  return [...(there === file ? [...(await fileFindings(file)), ...(await opened(monitor, place, now))] : [await absent(file, there)]), await spaceFinding(file, there)]
}

const failed = (check: string, of: string, error: TocsinError): Finding => ({ check, of, state: 'failed', found: `${error.code} ${error.message}`, fix: error.fix, error: error.at(of) })

/** The file, or of its folders the lowest that is there. */
async function nearest(path: string): Promise<string> {
  return (await isThere(path)) || dirname(path) === path ? path : nearest(dirname(path))
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

async function absent(file: string, folder: string): Promise<Finding> {
  try {
    await access(folder, constants.W_OK | constants.X_OK)
    return { check: 'store', of: file, state: 'ok', found: 'not there yet: the first run makes it' }
  } catch (error) {
    return failed('store', file, new TocsinError('E501', `it cannot be made: ${reasonOf(error)}`, { where: file, fix: `give the right to write ${folder}, or name another place with "state"` }))
  }
}

async function fileFindings(file: string): Promise<Finding[]> {
  const findings: Finding[] = []
  try {
    await access(file, constants.W_OK)
    // SQLite makes files beside its own.
    await access(dirname(file), constants.W_OK | constants.X_OK)
  } catch (error) {
    findings.push(failed('store', file, new TocsinError('E501', `it cannot be written: ${reasonOf(error)}`, { where: file, fix: 'give the right to write the file and its folder' })))
  }
  const { mode } = await stat(file)
  if ((mode & 0o077) !== 0) findings.push({ check: 'store', of: file, state: 'warning', found: `others on this machine may open it: mode ${(mode & 0o777).toString(8)}`, fix: `chmod 600 ${file}` })
  return findings
}

async function opened({ name, every, schedule }: Pick<Monitor, 'name' | 'every' | 'schedule'>, place: StatePlace, now: number): Promise<Finding[]> {
  try {
    if (place.file !== undefined) checkSqliteFile(place.file)
    const store = await place.open({ readOnly: true })
    try {
      const at = await store.transaction(async (tx) => (await tx.progress.get(name))?.value.evaluatedAt)
      const late = at !== undefined && schedule === undefined && now - at > LATE_INTERVALS * every
      const passed = at === undefined ? 'no pass yet' : `last pass ${agoWords(now - at)}`
      return [
        { check: 'store', of: place.shown, state: 'ok', found: 'sound, and of this version' },
        late ? { check: 'passes', of: name, state: 'warning', found: passed, fix: 'nothing runs it: tocsin run --continuous, or a line of cron' } : { check: 'passes', of: name, state: 'ok', found: passed },
      ]
    } finally {
      await store.close()
    }
  } catch (error) {
    return [failed('store', place.shown, asTocsinError(error, 'E501', { where: place.shown, fix: 'check the path and its permissions' }))]
  }
}

async function spaceFinding(file: string, there: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(there)
  const free = bavail * bsize
  const found = `${free < 10 * 1024 ** 3 ? `${Math.round(free / 1024 ** 2)} MiB` : `${Math.round(free / 1024 ** 3)} GiB`} free`
  const of = dirname(file)
  if (free < NO_SPACE) return failed('disk', of, new TocsinError('E501', `there is no room to write: ${found}`, { where: of, fix: 'make room, or name another place with "state"' }))
  return free < LITTLE_SPACE ? { check: 'disk', of, state: 'warning', found, fix: 'make room, or keep less with "history"' } : { check: 'disk', of, state: 'ok', found }
}
