import { TocsinError } from '@tocsin/core'
import { z } from 'zod'
import { nodeSqlite } from './node-sqlite.ts'
import { sqliteProblem } from './sqlite-problem.ts'

const checked = z.array(z.object({ quick_check: z.string() }))

/**
 * Reads a whole SQLite file, and changes nothing: other processes go on writing meanwhile.
 *
 * @throws TocsinError E501 when it cannot be read, E505 when it is damaged.
 */
export function checkSqliteFile(path: string): void {
  const { DatabaseSync } = nodeSqlite()
  let said: string[]
  try {
    const database = new DatabaseSync(path, { readOnly: true })
    try {
      said = checked.parse(database.prepare('pragma quick_check(5)').all()).map(({ quick_check: line }) => line)
    } finally {
      database.close()
    }
  } catch (error) {
    throw sqliteProblem(error, path)
  }
  const damage = said.filter((line) => line !== 'ok')
  if (damage.length > 0) throw new TocsinError('E505', `the file is damaged: ${damage.join('; ').slice(0, 200)}`, { where: path, fix: `move it away to start afresh, or bring a copy back: mv ${path} ${path}.broken` })
}
