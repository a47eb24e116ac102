import { TocsinError } from '../errors.ts'
import { exclusively } from '../exclusively.ts'
import type { AlertRecord } from '../model/alert.ts'
import type { GroupEntry } from '../model/group.ts'
import type { Transition } from '../model/transition.ts'
import type { Handling } from '../routing/handling.ts'
import type { Silence } from '../routing/silence.ts'
import { memoryOutbox } from './memory-outbox.ts'
import type { OutboxRow } from './outbox.ts'
import { change, type Undo } from './undo.ts'
import type { EventLog, Leases, Progress, Records, Store, Stored, Transaction } from './store.ts'

/** Everything a store holds, as plain data. */
export interface StoreContent {
  readonly alerts: Map<string, Stored<AlertRecord>>
  readonly groups: Map<string, Stored<GroupEntry>>
  readonly evaluators: Map<string, Stored<unknown>>
  readonly silences: Map<string, Stored<Silence>>
  readonly handling: Map<string, Stored<Handling>>
  readonly progress: Map<string, Stored<Progress>>
  readonly events: Transition[]
  readonly outbox: Map<string, OutboxRow>
  readonly leases: Map<string, { readonly owner: string; readonly until: number; readonly fence: number }>
}

export const emptyContent = (): StoreContent => ({ alerts: new Map(), groups: new Map(), evaluators: new Map(), silences: new Map(), handling: new Map(), progress: new Map(), events: [], outbox: new Map(), leases: new Map() })

/** The longest event log that is kept in memory. */
const MOST_EVENTS = 10_000

/**
 * A store in this process's memory: for programs that embed a monitor, for tests and simulations.
 *
 * @param content what it starts with; changed in place.
 * @param committed called inside every transaction that changed something, after its work: when it throws, nothing is kept.
 */
export function memoryStore(content: StoreContent = emptyContent(), committed?: () => Promise<void>): Store {
  const exclusive = exclusively()

  const run = async <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    const undo: Undo = []
    try {
      const result = await work(transaction(content, undo))
      if (undo.length > 0) await committed?.()
      return result
    } catch (error) {
      for (const step of undo.toReversed()) step()
      throw error
    }
  }
  return {
    transaction: (work) => exclusive(() => run(work)),
    close: () => exclusive(async () => {}),
  }
}

function transaction(content: StoreContent, undo: Undo): Transaction {
  return {
    alerts: records(content.alerts, undo),
    groups: records(content.groups, undo),
    evaluators: records(content.evaluators, undo),
    silences: records(content.silences, undo),
    handling: records(content.handling, undo),
    progress: records(content.progress, undo),
    events: eventLog(content.events, undo),
    outbox: memoryOutbox(content.outbox, undo),
    leases: leases(content.leases, undo),
  }
}

function records<T>(map: Map<string, Stored<T>>, undo: Undo): Records<T> {
  const expect = (id: string, version: number): void => {
    const found = map.get(id)?.version ?? 0
    if (found !== version) {
      throw new TocsinError('E500', `record ${id} has version ${found}, not ${version}`, { fix: 'another process writes to this store: run one monitor per store' })
    }
  }
  return {
    list: async (monitor) => [...map.values()].filter((stored) => stored.monitor === monitor),
    get: async (id) => map.get(id),
    async put({ id, monitor, value }, version) {
      expect(id, version)
      change(map, id, { id, monitor, value, version: version + 1 }, undo)
      return version + 1
    },
    async remove(id, version) {
      expect(id, version)
      change(map, id, undefined, undo)
    },
  }
}

function eventLog(events: Transition[], undo: Undo): EventLog {
  return {
    async append(transitions) {
      if (transitions.length === 0) return
      const before = [...events]
      undo.push(() => void events.splice(0, events.length, ...before))
      events.push(...transitions)
      if (events.length > MOST_EVENTS) events.splice(0, events.length - MOST_EVENTS)
    },
    list: async ({ monitor, fingerprint, limit }) =>
      events.filter((event) => event.monitor === monitor && (fingerprint === undefined || event.fingerprint === fingerprint)).slice(-limit),
  }
}

function leases(map: StoreContent['leases'], undo: Undo): Leases {
  return {
    async acquire({ name, owner, now, until }) {
      const held = map.get(name)
      if (held !== undefined && held.owner !== owner && held.until > now) return undefined
      const fence = held === undefined ? 1 : held.owner === owner && held.until > now ? held.fence : held.fence + 1
      change(map, name, { owner, until, fence }, undo)
      return fence
    },
    async release(name, owner) {
      const held = map.get(name)
      if (held?.owner === owner) change(map, name, { ...held, until: 0 }, undo)
    },
  }
}
