import type { Clock } from '@tocsin/core'
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { isBusy, sqliteProblem } from './sqlite-problem.ts'

/** How long a transaction waits for those of other processes, milliseconds. */
const PATIENCE = 10_000
/** Between two looks whether the file is free. */
const PAUSE = 10
/** Statements that are kept ready. The store uses some fifty. */
const MOST_STATEMENTS = 256

/**
 * Runs what kysely compiled on one connection of `node:sqlite`. Transactions begin as writers (`BEGIN IMMEDIATE`), so that none fails half-way because
 * another process wrote meanwhile; they wait for those of other processes without holding up this one.
 */
export function sqliteDriver(database: DatabaseSync, path: string, clock: Clock): Driver {
  const ready = new Map<string, StatementSync>()

  const prepared = (sql: string): StatementSync => {
    const known = ready.get(sql)
    if (known !== undefined) return known
    const [oldest] = ready.keys()
    if (oldest !== undefined && ready.size >= MOST_STATEMENTS) ready.delete(oldest)
    const statement = database.prepare(sql)
    ready.set(sql, statement)
    return statement
  }
  const run = <R>({ sql, parameters }: CompiledQuery): QueryResult<R> => {
    const statement = prepared(sql)
    // Node itself refuses what SQLite cannot take.
    const values = parameters as readonly SQLInputValue[]
    if (statement.columns().length > 0) return { rows: statement.all(...values) as R[] }
    return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) }
  }
  const explained = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw sqliteProblem(error, path)
    }
  }
  const connection: DatabaseConnection = {
    executeQuery: async <R>(query: CompiledQuery) => explained(() => run<R>(query)),
    async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
      for (const row of prepared(query.sql).iterate(...(query.parameters as readonly SQLInputValue[]))) yield { rows: [row as R] }
    },
  }
  const rollBack = (): void => {
    // SQLite has done so itself after some errors, such as a full disk.
    if (database.isTransaction) database.exec('rollback')
  }

  return {
    init: async () => {},
    acquireConnection: async () => connection,
    async beginTransaction() {
      for (let waited = 0; ; waited += PAUSE) {
        try {
          database.exec('begin immediate')
          return
        } catch (error) {
          if (!isBusy(error) || waited >= PATIENCE) throw sqliteProblem(error, path)
          await clock.sleep(PAUSE)
        }
      }
    },
    async commitTransaction() {
      try {
        database.exec('commit')
      } catch (error) {
        rollBack()
        throw sqliteProblem(error, path)
      }
    },
    rollbackTransaction: async () => explained(rollBack),
    releaseConnection: async () => {},
    async destroy() {
      ready.clear()
      database.close()
    },
  }
}
