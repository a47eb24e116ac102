import { type Clock, exclusively, Secret, systemClock, TocsinError } from '@tocsin/core'
import { type ControlledTransaction, Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { Pool, types } from 'pg'
import type { Database } from '../database.ts'
import { migrate } from '../schema/migrate.ts'
import type { Tables } from '../schema/tables.ts'
import { isConnectionLoss, postgresProblem } from './postgres-problem.ts'

export interface PostgresOptions {
  /** Waits between attempts to reach the server. Default: the machine's. */
  readonly clock?: Clock
}

/** How long a transaction waits for a server that restarts, milliseconds. */
const PATIENCE = 10_000
/** Between two attempts. */
const PAUSE = 250
/** How long a connection may take to come about, and a statement to run. */
const CONNECT_TIMEOUT = 5_000
const STATEMENT_TIMEOUT = 30_000

/** `int8` and `numeric`, which pg gives as texts: nothing that is kept or summed here comes near 2^53. */
const AS_NUMBERS: ReadonlySet<number> = new Set([20, 1700])

/**
 * Opens a PostgreSQL database of version 13 or later. Give it one of its own: tables have plain names.
 *
 * @param url `postgres://user:password@host:port/database`. It is in no error and no log.
 * @throws TocsinError E501 when it cannot be reached within ten seconds, E504 when a newer version wrote it.
 */
export async function openPostgres(url: string, { clock = systemClock }: PostgresOptions = {}): Promise<Database> {
  const where = postgresPlace(url)
  const secret = new Secret(url)
  const explained = (error: unknown): TocsinError => postgresProblem(error, where, secret)
  const pool = new Pool({
    connectionString: url,
    // One for the transaction, one to ask what became of it, two for readers.
    max: 4,
    application_name: 'tocsin',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: STATEMENT_TIMEOUT,
    statement_timeout: STATEMENT_TIMEOUT,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT,
    types: { getTypeParser: (oid, format) => (AS_NUMBERS.has(oid) ? Number : types.getTypeParser(oid, format)) },
  })
  // What is under way on a connection that dies fails, and one that nobody uses is replaced. Without listeners either would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => void client.on('error', () => {}))
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool,
      onCreateConnection: async (connection) => {
        const execute = connection.executeQuery.bind(connection)
        connection.executeQuery = async <R>(...query: Parameters<typeof execute>) => {
          try {
            return await execute<R>(...query)
          } catch (error) {
            throw explained(error)
          }
        }
      },
    }),
  })

  /** Tries again while the server cannot be reached, for as long as a restart takes. */
  const patiently = async <T>(attempt: () => Promise<T>): Promise<T> => {
    for (let waited = 0; ; waited += PAUSE) {
      try {
        return await attempt()
      } catch (error) {
        if (!isConnectionLoss(error) || waited >= PATIENCE) throw explained(error)
        await clock.sleep(PAUSE)
      }
    }
  }

  const commit = async (transaction: ControlledTransaction<Tables>): Promise<void> => {
    // Nothing for a transaction that only read.
    const { rows: [own] } = await sql<{ xid: string | null }>`select pg_current_xact_id_if_assigned()::text as xid`.execute(transaction)
    try {
      await transaction.commit().execute()
    } catch (error) {
      await discard(transaction)
      if (!isConnectionLoss(error) || own === undefined || own.xid === null || !(await wasCommitted(own.xid))) throw error
    }
  }

  /** What became of a transaction whose connection broke while it was committed: without this it might be written twice or never. */
  const wasCommitted = (xid: string): Promise<boolean> =>
    patiently(async () => {
      const { rows: [found] } = await sql<{ status: string | null }>`select pg_xact_status(cast(${xid} as xid8)) as status`.execute(db)
      // Its server process has not noticed yet that nobody listens.
      if (found?.status === 'in progress') throw new Error('the transaction is still under way')
      return found?.status === 'committed'
    })

  const run = async <T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T> => {
    const transaction = await patiently(() => db.startTransaction().execute())
    let result: T
    try {
      result = await work(transaction)
    } catch (error) {
      await discard(transaction)
      throw error
    }
    await commit(transaction)
    return result
  }

  try {
    await patiently(() => migrate(db, where))
  } catch (error) {
    await db.destroy()
    throw explained(error)
  }
  const exclusive = exclusively()
  return { db, concurrent: true, transaction: (work) => exclusive(() => run(work)), close: () => exclusive(() => db.destroy()) }
}

/** A connection that cannot roll back any more is closed by kysely, and the server rolls back itself. */
async function discard(transaction: ControlledTransaction<Tables>): Promise<void> {
  await transaction.rollback().execute().catch(() => {})
}

/**
 * `postgres://host:5432/database`: what may be shown of a URL.
 *
 * @throws TocsinError E501 for what is no URL of PostgreSQL; what was written is not in the error.
 */
export function postgresPlace(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !['postgres:', 'postgresql:'].includes(parsed.protocol)) throw new TocsinError('E501', 'the "state" is no URL of PostgreSQL', { fix: 'write postgres://user:password@host:port/database', permanent: true })
  return `postgres://${parsed.host}${parsed.pathname}`
}
