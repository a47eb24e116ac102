import type { DeliveryAttempt } from './deliveries.ts'
import { attemptKey } from './memory-deliveries.ts'
import type { Outbox, OutboxRow, Settlement } from './outbox.ts'
import { change, type Undo } from './undo.ts'

/** The outbox of a memory store. Rows stand in the order in which they leave. */
export function memoryOutbox(rows: Map<string, OutboxRow>, attempts: Map<string, DeliveryAttempt>, undo: Undo): Outbox {
  const of = (monitor: string): OutboxRow[] => [...rows.values()].filter((row) => row.monitor === monitor)
  /** The oldest unfinished row of each (receiver, key). */
  const heads = (monitor: string): OutboxRow[] => {
    const first = new Map<string, OutboxRow>()
    for (const row of of(monitor)) if (isOpen(row) && !first.has(queueOf(row))) first.set(queueOf(row), row)
    return [...first.values()]
  }
  const set = (row: OutboxRow): void => change(rows, row.id, row, undo)
  const note = (attempt: DeliveryAttempt): void => change(attempts, attemptKey(attempt.id, attempt.attempt), attempt, undo)
  /** The attempt under way has lost its process. */
  const giveUpOn = ({ id, attempt }: OutboxRow, now: number): void => {
    const lost = attempts.get(attemptKey(id, attempt))
    if (lost !== undefined && lost.endedAt === undefined) note({ ...lost, endedAt: now, outcome: 'uncertain' })
  }
  return {
    async enqueue(row) {
      if (!rows.has(row.id)) set({ ...row, status: 'queued', attempt: 0, dueAt: row.queuedAt, leaseUntil: 0, changedAt: row.queuedAt })
    },
    async waiting(monitor) {
      const due = new Map<string, number>()
      for (const row of heads(monitor)) due.set(row.receiver, Math.min(due.get(row.receiver) ?? Infinity, dueOf(row)))
      return [...due].map(([receiver, dueAt]) => ({ receiver, dueAt }))
    },
    async claim({ monitor, receiver, now, leaseUntil, limit }) {
      const due = heads(monitor).filter((row) => row.receiver === receiver && dueOf(row) <= now)
      return due.slice(0, limit).map((row) => {
        giveUpOn(row, now)
        const claimed: OutboxRow = { ...row, status: 'sending', attempt: row.attempt + 1, leaseUntil, changedAt: now }
        set(claimed)
        note({ id: row.id, monitor, receiver, attempt: claimed.attempt, begunAt: now })
        return claimed
      })
    },
    async renew(id, attempt, leaseUntil) {
      const row = rows.get(id)
      if (row?.status !== 'sending' || row.attempt !== attempt) return false
      set({ ...row, leaseUntil })
      return true
    },
    async settle(id, attempt, settlement) {
      const row = rows.get(id)
      if (row?.status !== 'sending' || row.attempt !== attempt) return
      set(settled(row, settlement))
      const begun = attempts.get(attemptKey(id, attempt))
      if (begun !== undefined) note({ ...begun, endedAt: settlement.at, outcome: outcomeOf(settlement), ...('error' in settlement ? { reason: settlement.error } : {}) })
    },
    async release(monitor, now) {
      for (const row of of(monitor).filter(({ status }) => status === 'sending')) {
        giveUpOn(row, now)
        set({ ...row, status: 'queued', dueAt: now, changedAt: now })
      }
    },
    async reschedule(monitor, now) {
      for (const row of of(monitor)) if (row.status === 'queued' && row.changedAt > now) set({ ...row, dueAt: now, changedAt: now })
    },
    async retry(id, now) {
      const row = rows.get(id)
      if (row === undefined || row.status === 'sending' || row.status === 'delivered') return false
      if (row.status !== 'queued') change(rows, id, undefined, undo)
      set({ ...row, status: 'queued', dueAt: now, changedAt: now, ...(row.status === 'queued' ? {} : { queuedAt: now }) })
      return true
    },
    async drop(id, now) {
      const row = rows.get(id)
      if (row?.status !== 'queued' && row?.status !== 'dead') return false
      set({ ...row, status: 'dropped', changedAt: now })
      return true
    },
    async reference(receiver, thread) {
      return [...rows.values()].findLast((row) => row.receiver === receiver && row.notification.thread === thread && row.status === 'delivered')?.reference
    },
    get: async (id) => rows.get(id),
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

function settled({ error: _error, ...row }: OutboxRow, settlement: Settlement): OutboxRow {
  if (settlement.status === 'delivered') return { ...row, status: 'delivered', changedAt: settlement.at, ...(settlement.reference === undefined ? {} : { reference: settlement.reference }) }
  const { status, at, error } = settlement
  return { ...row, status, error, changedAt: at, ...(settlement.status === 'queued' ? { dueAt: settlement.dueAt } : {}) }
}

/** How the delivery log names what came of an attempt. */
function outcomeOf(settlement: Settlement): 'delivered' | 'retryable' | 'permanent' {
  if (settlement.status === 'dead') return settlement.outcome
  return settlement.status === 'delivered' ? 'delivered' : 'retryable'
}
