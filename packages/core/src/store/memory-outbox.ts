import { change, type Undo } from './undo.ts'
import type { Outbox, OutboxRow } from './outbox.ts'

/** The outbox of a memory store. Rows stand in the order they were queued. */
export function memoryOutbox(rows: Map<string, OutboxRow>, undo: Undo): Outbox {
  const of = (monitor: string): OutboxRow[] => [...rows.values()].filter((row) => row.monitor === monitor)
  /** The oldest unfinished row of each (receiver, key). */
  const heads = (monitor: string): OutboxRow[] => {
    const first = new Map<string, OutboxRow>()
    for (const row of of(monitor)) if (isOpen(row) && !first.has(queueOf(row))) first.set(queueOf(row), row)
    return [...first.values()]
  }
  return {
    async enqueue(row) {
      if (!rows.has(row.id)) change(rows, row.id, { ...row, status: 'queued', attempt: 0, dueAt: row.queuedAt, leaseUntil: 0 }, undo)
    },
    async waiting(monitor) {
      const due = new Map<string, number>()
      for (const row of heads(monitor)) due.set(row.receiver, Math.min(due.get(row.receiver) ?? Infinity, dueOf(row)))
      return [...due].map(([receiver, dueAt]) => ({ receiver, dueAt }))
    },
    async claim({ monitor, receiver, now, leaseUntil, limit }) {
      const claimed = heads(monitor)
        .filter((row) => row.receiver === receiver && dueOf(row) <= now)
        .slice(0, limit)
        .map((row): OutboxRow => ({ ...row, status: 'sending', attempt: row.attempt + 1, leaseUntil }))
      for (const row of claimed) change(rows, row.id, row, undo)
      return claimed
    },
    async settle(id, attempt, settlement) {
      const row = rows.get(id)
      if (row?.status !== 'sending' || row.attempt !== attempt) return
      change(rows, id, { ...row, ...settlement }, undo)
    },
    async reference(receiver, thread) {
      return [...rows.values()].findLast((row) => row.receiver === receiver && row.notification.thread === thread && row.status === 'delivered')?.reference
    },
    list: async (monitor, status) => of(monitor).filter((row) => status === undefined || row.status === status),
    async prune(monitor, before) {
      const newest = new Map(of(monitor).map((row) => [queueOf(row), row.id]))
      for (const row of of(monitor)) {
        if (!isOpen(row) && row.queuedAt < before && newest.get(queueOf(row)) !== row.id) change(rows, row.id, undefined, undo)
      }
    },
  }
}

const isOpen = (row: OutboxRow): boolean => row.status === 'queued' || row.status === 'sending'
const queueOf = ({ receiver, key }: OutboxRow): string => JSON.stringify([receiver, key])
const dueOf = (row: OutboxRow): number => (row.status === 'sending' ? row.leaseUntil : row.dueAt)
