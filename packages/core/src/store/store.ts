import type { AlertRecord } from '../model/alert.ts'
import type { GroupEntry } from '../model/group.ts'
import type { Transition } from '../model/transition.ts'
import type { Handling } from '../routing/handling.ts'
import type { Silence } from '../routing/silence.ts'
import type { DecisionLog, GroupStanding } from './decisions.ts'
import type { DeliveryLog } from './deliveries.ts'
import type { HistoryStore } from './history.ts'
import type { Outbox } from './outbox.ts'

/**
 * Keeps what must survive a restart. Everything that belongs together is written in one transaction: a transition and the
 * messages it queues are both kept, or neither is.
 */
export interface Store {
  /**
   * Runs `work` in one transaction. When it throws, nothing of it is kept. Transactions of one store never interleave.
   * Nothing slow belongs inside: no network, no waiting.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** What was measured. Absent where it is not kept: a store in memory has none. */
  readonly history?: HistoryStore
  /** Waits for what is being written and frees the store. */
  close(): Promise<void>
}

export interface Transaction {
  /** Alerts by fingerprint. */
  readonly alerts: Records<AlertRecord>
  /** The ledger, by `GroupEntry.id`. */
  readonly groups: Records<GroupEntry>
  /** Where the alerts of each group stand, by `<monitor>/<receiver><key>`: what the next decision is compared with. */
  readonly standings: Records<GroupStanding>
  /** What evaluators remember of each series: plain data. */
  readonly evaluators: Records<unknown>
  /** Silences by id: written by people, and by the engine when one ends by itself. */
  readonly silences: Records<Silence>
  /** By fingerprint: acknowledgements and snoozes are written by people, the rest by the engine. */
  readonly handling: Records<Handling>
  /** Of each monitor, by its name. */
  readonly progress: Records<Progress>
  /** Everything that ever happened, oldest first. Only ever appended to. */
  readonly events: EventLog
  /** Why receivers were told or not. */
  readonly decisions: DecisionLog
  readonly outbox: Outbox
  /** Every attempt to send. */
  readonly deliveries: DeliveryLog
  readonly leases: Leases
}

/** How far a monitor has come. */
export interface Progress {
  /** Time of the newest evaluation that was written, milliseconds since the epoch: an outage is counted from here. */
  readonly evaluatedAt: number
  /** Milliseconds between that and the one before; absent after the first. */
  readonly gap?: number
}

/**
 * Records with a version each, so that nobody overwrites what he has not read. A store may find a wrong version only at the end of the
 * transaction, which then fails as a whole.
 */
export interface Records<T> {
  /** In no particular order. */
  list(monitor: string): Promise<readonly Stored<T>[]>
  get(id: string): Promise<Stored<T> | undefined>
  /**
   * Writes a record and returns its new version.
   *
   * @param version the version that was read; 0 for a record that must not exist yet.
   * @throws TocsinError E500 when the stored version is another one.
   */
  put(record: { readonly id: string; readonly monitor: string; readonly value: T }, version: number): Promise<number>
  /** @throws TocsinError E500 when the stored version is another one. */
  remove(id: string, version: number): Promise<void>
}

export interface Stored<T> {
  readonly id: string
  readonly monitor: string
  readonly value: T
  readonly version: number
}

export interface EventLog {
  append(transitions: readonly Transition[]): Promise<void>
  /** The newest `limit` events of a monitor or one of its alerts, up to `until` where that is given, oldest first. */
  list(filter: { readonly monitor: string; readonly fingerprint?: string; readonly until?: number; readonly limit: number }): Promise<readonly Transition[]>
  /** Alerts of which there are events, by the beginning of their fingerprints, at most `limit`, in alphabetical order. */
  fingerprints(filter: { readonly monitor: string; readonly beginning: string; readonly limit: number }): Promise<readonly string[]>
  /** Forgets events of before `before`, the oldest first, at most `limit`. Gives how many. */
  prune(monitor: string, before: number, limit: number): Promise<number>
}

/** Who may do a piece of work. A lease that has run out can be taken by anybody. */
export interface Leases {
  /**
   * The fence of the lease, higher with every new owner, or `undefined` while somebody else holds it. The owner renews it by the same
   * call.
   *
   * @param lease.over the fence of a holder that is known to be no more: its lease is taken although it has not run out.
   */
  acquire(lease: { readonly name: string; readonly owner: string; readonly now: number; readonly until: number; readonly over?: number }): Promise<number | undefined>
  /** Who took a lease last, whether it has run out or not. */
  holder(name: string): Promise<LeaseHolder | undefined>
  /** Whether `owner` has the lease. If so nobody else takes it before this transaction ends, so what is written in it is written by its holder. */
  confirm(name: string, owner: string): Promise<boolean>
  /** Gives a lease back; does nothing for one that is not held by `owner`. */
  release(name: string, owner: string): Promise<void>
}

export interface LeaseHolder {
  readonly owner: string
  /** Milliseconds since the epoch, by the holder's clock. 0 for a lease that was given back. */
  readonly until: number
  readonly fence: number
}
