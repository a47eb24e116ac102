import { TocsinError } from '../errors.ts'
import { exclusively } from '../exclusively.ts'
import type { AlertRecord } from '../model/alert.ts'
import type { GroupEntry } from '../model/group.ts'
import type { Transition } from '../model/transition.ts'
import type { Handling } from '../routing/handling.ts'
import type { Silence } from '../routing/silence.ts'
import type { DecisionRecord, GroupStanding } from './decisions.ts'
import type { DeliveryAttempt } from './deliveries.ts'
import { memoryDecisions } from './memory-decisions.ts'
import { memoryDeliveries } from './memory-deliveries.ts'
import { memoryEvents } from './memory-events.ts'
import { memoryOutbox } from './memory-outbox.ts'
import type { OutboxRow } from './outbox.ts'
import { change, type Undo } from './undo.ts'
import type { LeaseHolder, Leases, Progress, Records, Store, Stored, Transaction } from './store.ts'

/** Everything a store holds, as plain data. */
interface StoreContent {
  readonly alerts: Map<string, Stored<AlertRecord>>
  readonly groups: Map<string, Stored<GroupEntry>>
  readonly standings: Map<string, Stored<GroupStanding>>
  readonly evaluators: Map<string, Stored<unknown>>
  readonly silences: Map<string, Stored<Silence>>
  readonly handling: Map<string, Stored<Handling>>
  readonly progress: Map<string, Stored<Progress>>
  readonly events: Transition[]
  readonly decisions: DecisionRecord[]
  readonly outbox: Map<string, OutboxRow>
  readonly deliveries: Map<string, DeliveryAttempt>
  readonly leases: Map<string, LeaseHolder>
}

/** A store in this process's memory: for programs that embed a monitor, for tests and simulations. */
export function memoryStore(): Store {
  const exclusive = exclusively()
  const content: StoreContent = {
    alerts: new Map(),
    groups: new Map(),
    standings: new Map(),
    evaluators: new Map(),
    silences: new Map(),
    handling: new Map(),
    progress: new Map(),
    events: [],
    decisions: [],
    outbox: new Map(),
    deliveries: new Map(),
    leases: new Map(),
  }

  const run = async <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    const undo: Undo = []
    try {
      return await work(transaction(content, undo))
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
    standings: records(content.standings, undo),
    evaluators: records(content.evaluators, undo),
    silences: records(content.silences, undo),
    handling: records(content.handling, undo),
    progress: records(content.progress, undo),
    events: memoryEvents(content.events, undo),
    decisions: memoryDecisions(content.decisions, undo),
    outbox: memoryOutbox(content.outbox, content.deliveries, undo),
    deliveries: memoryDeliveries(content.deliveries, undo),
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

function leases(map: StoreContent['leases'], undo: Undo): Leases {
  return {
    async acquire({ name, owner, now, until, over }) {
      const held = map.get(name)
      if (held !== undefined && held.owner !== owner && held.until > now && held.fence !== over) return undefined
      const fence = held === undefined ? 1 : held.owner === owner ? held.fence : held.fence + 1
      change(map, name, { owner, until, fence }, undo)
      return fence
    },
    holder: async (name) => map.get(name),
    // Transactions do not interleave, so whoever has it keeps it.
    confirm: async (name, owner) => map.get(name)?.owner === owner,
    async release(name, owner) {
      const held = map.get(name)
      if (held?.owner === owner) change(map, name, { ...held, until: 0 }, undo)
    },
  }
}
