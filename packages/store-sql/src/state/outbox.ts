import { type Outbox, type OutboxRow, parsePlain, type Settlement, stringifyPlain } from '@tocsin/core'
import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely'
import type { OutboxTable, Tables } from '../schema/tables.ts'
import { beginAttempts, endAttempt, giveUpAttempts } from './attempts.ts'
import { plainText } from './plain-text.ts'
import { takeNumbers } from './sequence.ts'
import { whole } from './whole.ts'
import { writeRows } from './write-rows.ts'

/** The outbox inside one transaction. What is queued waits, so that many rows become few statements. */
export interface BufferedOutbox extends Outbox {
  /** Writes what waits. */
  flush(): Promise<void>
}

const COLUMNS = ['id', 'monitor', 'receiver', 'key', 'seq', 'thread', 'status', 'attempt', 'queued_at', 'due_at', 'lease_until', 'changed_at', 'notification'] as const

/** Rows that one call of `prune` takes away at most. */
const PRUNED_AT_ONCE = 500

/** @param concurrent whether other processes claim at the same time: what they are about to take is passed over. */
export function outbox(db: Kysely<Tables>, concurrent: boolean): BufferedOutbox {
  let queued: Parameters<Outbox['enqueue']>[0][] = []

  const flush = async (): Promise<void> => {
    const waiting = queued
    queued = []
    for (const [monitor, own] of Map.groupBy(waiting, (row) => row.monitor)) {
      const first = await takeNumbers(db, `outbox/${monitor}`, own.length)
      const rows = own.map((row, index) => ({ ...columnsOf(row), seq: first + index }))
      await writeRows(db, 'enqueue', COLUMNS, rows, (db, values) => db.insertInto('outbox').values(values).onConflict((conflict) => conflict.column('id').doNothing()))
    }
  }
  /** Sets a row that stands in one of these states. Says whether there was one. */
  const set = async (id: string, from: readonly OutboxRow['status'][], values: Partial<OutboxTable>): Promise<boolean> => {
    const { numUpdatedRows } = await db.updateTable('outbox').set(values).where('id', '=', id).where('status', 'in', from).executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  }

  return {
    flush,
    async enqueue(row) {
      queued.push(row)
    },
    async waiting(monitor) {
      await flush()
      const rows = await db
        .selectFrom('outbox as row')
        .select((row) => ['receiver', row.fn.min<number>(dueAt(row)).as('due')])
        .where('monitor', '=', monitor)
        .where(isHead)
        .groupBy('receiver')
        .execute()
      return rows.map(({ receiver, due }) => ({ receiver, dueAt: due }))
    },
    async claim({ monitor, receiver, now, leaseUntil, limit }) {
      await flush()
      const due = db
        .selectFrom('outbox as row')
        .select('id')
        .where('monitor', '=', monitor)
        .where('receiver', '=', receiver)
        .where(isHead)
        .where((row) => row(dueAt(row), '<=', whole(now)))
        .orderBy('seq')
        .limit(limit)
      const ids = (await (concurrent ? due.forUpdate().skipLocked() : due).execute()).map(({ id }) => id)
      if (ids.length === 0) return []
      await giveUpAttempts(db, ids, now)
      const claimed = await db
        .updateTable('outbox')
        .set((row) => ({ status: 'sending', attempt: row('attempt', '+', 1), lease_until: whole(leaseUntil), changed_at: whole(now) }))
        .where('id', 'in', ids)
        .returningAll()
        .execute()
      const rows = claimed.toSorted((a, b) => a.seq - b.seq).map(rowOf)
      await beginAttempts(db, rows, now)
      return rows
    },
    async renew(id, attempt, leaseUntil) {
      const { numUpdatedRows } = await db.updateTable('outbox').set({ lease_until: whole(leaseUntil) }).where('id', '=', id).where('attempt', '=', attempt).where('status', '=', 'sending').executeTakeFirstOrThrow()
      return numUpdatedRows > 0n
    },
    async settle(id, attempt, settlement) {
      const { numUpdatedRows } = await db.updateTable('outbox').set(settledColumns(settlement)).where('id', '=', id).where('attempt', '=', attempt).where('status', '=', 'sending').executeTakeFirstOrThrow()
      if (numUpdatedRows > 0n) await endAttempt(db, id, attempt, settlement)
    },
    async release(monitor, now) {
      const left = await db.updateTable('outbox').set({ status: 'queued', due_at: whole(now), changed_at: whole(now) }).where('monitor', '=', monitor).where(isOpen('outbox')).where('status', '=', 'sending').returning('id').execute()
      if (left.length > 0) await giveUpAttempts(db, left.map(({ id }) => id), now)
    },
    async reschedule(monitor, now) {
      await flush()
      await db.updateTable('outbox').set({ due_at: whole(now), changed_at: whole(now) }).where('monitor', '=', monitor).where(isOpen('outbox')).where('status', '=', 'queued').where('changed_at', '>', whole(now)).execute()
    },
    async retry(id, now) {
      await flush()
      const times = { status: 'queued', due_at: whole(now), changed_at: whole(now) }
      if (await set(id, ['queued'], times)) return true
      const row = await db.selectFrom('outbox').select('monitor').where('id', '=', id).where('status', 'in', ['dead', 'dropped']).executeTakeFirst()
      if (row === undefined) return false
      return set(id, ['dead', 'dropped'], { ...times, queued_at: whole(now), seq: await takeNumbers(db, `outbox/${row.monitor}`, 1) })
    },
    async drop(id, now) {
      await flush()
      return set(id, ['queued', 'dead'], { status: 'dropped', changed_at: whole(now) })
    },
    async reference(receiver, thread) {
      const newest = await db.selectFrom('outbox').select('reference').where('thread', '=', thread).where('receiver', '=', receiver).where('status', '=', 'delivered').orderBy('seq', 'desc').limit(1).executeTakeFirst()
      return newest?.reference ?? undefined
    },
    async get(id) {
      await flush()
      const row = await db.selectFrom('outbox').selectAll().where('id', '=', id).executeTakeFirst()
      return row && rowOf(row)
    },
    async list(monitor, status) {
      await flush()
      const all = db.selectFrom('outbox').selectAll().where('monitor', '=', monitor).orderBy('seq')
      const rows = await (status === undefined ? all : all.where('status', '=', status)).execute()
      return rows.map(rowOf)
    },
    async prune(monitor, before) {
      await flush()
      const old = db
        .selectFrom('outbox as row')
        .select('row.id')
        .where('row.monitor', '=', monitor)
        .where('row.queued_at', '<', whole(before))
        .where('row.status', 'not in', ['queued', 'sending'])
        .where((row) => row.exists(sameQueue(row).whereRef('other.seq', '>', 'row.seq')))
        .limit(PRUNED_AT_ONCE)
      await db.deleteFrom('outbox').where('id', 'in', old).execute()
    },
  }
}

type Rows = ExpressionBuilder<Tables & { row: OutboxTable }, 'row'>

/** Literal, so that the partial index over unfinished rows can be used. */
const isOpen = (table: 'row' | 'other' | 'outbox') => sql<boolean>`${sql.ref(`${table}.status`)} in ('queued', 'sending')`

const sameQueue = (row: Rows) =>
  row.selectFrom('outbox as other').select('other.id').whereRef('other.monitor', '=', 'row.monitor').whereRef('other.receiver', '=', 'row.receiver').whereRef('other.key', '=', 'row.key')

/** The oldest unfinished row of its receiver and key. */
const isHead = (row: Rows) => row.and([isOpen('row'), row.not(row.exists(sameQueue(row).where(isOpen('other')).whereRef('other.seq', '<', 'row.seq')))])

const dueAt = (row: Rows) => row.case().when('row.status', '=', 'sending').then(row.ref('row.lease_until')).else(row.ref('row.due_at')).end()

function columnsOf({ id, monitor, receiver, key, notification, queuedAt }: Parameters<Outbox['enqueue']>[0]): Omit<OutboxTable, 'seq' | 'error' | 'reference'> {
  const at = whole(queuedAt)
  return { id, monitor, receiver, key, thread: notification.thread, status: 'queued', attempt: 0, queued_at: at, due_at: at, lease_until: 0, changed_at: at, notification: stringifyPlain(notification) }
}

function rowOf({ id, monitor, receiver, key, status, attempt, queued_at, due_at, lease_until, changed_at, error, reference, notification }: Selectable<OutboxTable>): OutboxRow {
  return {
    id,
    monitor,
    receiver,
    key,
    notification: parsePlain(notification) as OutboxRow['notification'],
    queuedAt: queued_at,
    status: status as OutboxRow['status'],
    attempt,
    dueAt: due_at,
    leaseUntil: lease_until,
    changedAt: changed_at,
    ...(error === null ? {} : { error }),
    ...(reference === null ? {} : { reference }),
  }
}

function settledColumns(settlement: Settlement): Partial<OutboxTable> {
  const { status, at } = settlement
  if (status === 'delivered') return { status, changed_at: whole(at), error: null, ...(settlement.reference === undefined ? {} : { reference: plainText(settlement.reference) }) }
  return { status, changed_at: whole(at), error: plainText(settlement.error), ...(status === 'queued' ? { due_at: whole(settlement.dueAt) } : {}) }
}
