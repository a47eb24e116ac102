import type { HistoryTables } from '../history/history-tables.ts'

/** A record with its version: one form for everything that core keeps by id. */
export interface RecordTable {
  readonly id: string
  readonly monitor: string
  readonly version: number
  /** JSON. */
  readonly value: string
}

interface EventTable {
  readonly monitor: string
  /** Counts the events of a monitor in the order in which they were committed. */
  readonly seq: number
  readonly fingerprint: string
  readonly at: number
  /** JSON. */
  readonly value: string
}

interface DecisionTable {
  readonly monitor: string
  /** Counts the decisions of a monitor in the order in which they were committed. */
  readonly seq: number
  readonly at: number
  readonly receiver: string
  readonly key: string
  /** JSON. */
  readonly value: string
}

export interface OutboxTable {
  readonly id: string
  readonly monitor: string
  readonly receiver: string
  readonly key: string
  /** The order in which rows of one queue leave. */
  readonly seq: number
  readonly thread: string
  readonly status: string
  readonly attempt: number
  readonly queued_at: number
  readonly due_at: number
  readonly lease_until: number
  readonly changed_at: number
  readonly error: string | null
  readonly reference: string | null
  /** JSON. */
  readonly notification: string
}

export interface DeliveryTable {
  readonly outbox_id: string
  readonly attempt: number
  readonly monitor: string
  readonly receiver: string
  /** The order in which attempts of a monitor began. */
  readonly seq: number
  readonly begun_at: number
  readonly ended_at: number | null
  readonly outcome: string | null
  readonly reason: string | null
}

interface LeaseTable {
  readonly name: string
  readonly owner: string
  readonly until: number
  readonly fence: number
}

/** The last number that was given out, by what it counts. */
interface SequenceTable {
  readonly name: string
  readonly value: number
}

/** Every table. Times are milliseconds since the epoch. */
export interface Tables extends HistoryTables {
  readonly alerts: RecordTable
  readonly ledger: RecordTable
  readonly standings: RecordTable
  readonly evaluators: RecordTable
  readonly silences: RecordTable
  readonly handling: RecordTable
  readonly progress: RecordTable
  readonly alert_events: EventTable
  readonly decisions: DecisionTable
  readonly outbox: OutboxTable
  readonly deliveries: DeliveryTable
  readonly leases: LeaseTable
  readonly sequences: SequenceTable
}

/** The tables that hold records. */
export type RecordName = { [K in keyof Tables]: Tables[K] extends RecordTable ? K : never }[keyof Tables]
