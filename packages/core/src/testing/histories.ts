import * as fc from 'fast-check'
import type { Monitor } from '../config/monitor.ts'
import type { Notification } from '../model/notification.ts'
import { acknowledgeAlert, snoozeAlert, unacknowledgeAlert, unsnoozeAlert } from '../operate/attend.ts'
import { addSilence, expireSilence, listSilences } from '../operate/silences.ts'
import { type Fleet, fleetMonitor, inboxes, openFleet, type Readings } from './fleet.ts'

/** How many random histories each property sees. More by `TOCSIN_PROPERTY_RUNS=100000`. */
const RUNS = Number(process.env['TOCSIN_PROPERTY_RUNS'] ?? 150)
export const MINUTE = 60_000
const STEPS = [
  { after: '2m' as const, notify: 'lead' },
  { after: '5m' as const, notify: 'boss', repeat: '4m' as const },
]
const NIGHT = [{ name: 'night', intervals: [{ times: [{ from: '00:20', to: '01:10' }, { from: '03:00', to: '09:00' }] }] }]

/** Configurations that a monitor may change to at any moment. All have the rule `fleet.cpu`; receivers and all else come and go. */
const MONITORS: readonly Monitor[] = [
  fleetMonitor({ notify: inboxes('ops', 'lead', 'boss'), repeatInterval: '7m' }),
  fleetMonitor({ notify: inboxes('ops', 'lead', 'boss'), route: { warning: ['ops'], critical: ['lead'] }, groupWait: '1m', groupInterval: '3m' }),
  fleetMonitor({ notify: inboxes('ops', 'lead', 'boss'), route: { receivers: ['ops'], steps: STEPS }, groupBy: ['rule', 'name'] }, { keepFiringFor: '3m' }),
  fleetMonitor({ notify: inboxes('ops', 'lead', 'boss'), route: { receivers: ['ops'], routes: [{ matchers: ['name="a"'], receivers: ['boss'], muteWindows: ['night'] }, { level: 'critical', receivers: ['lead'], continue: true }] }, muteWindows: NIGHT }, { for: { warning: '3m', critical: '1m' } }),
  fleetMonitor({ notify: inboxes('ops', 'lead', 'boss'), inhibit: [{ name: 'disk', source: ['rule="fleet.disk"'], target: ['rule="fleet.cpu"'], equal: ['name'], waitFor: '1m', releaseAfter: '2m' }], composites: { both: { when: 'AT_LEAST(2, ALARM("main/fleet.cpu/a"), ALARM("main/fleet.cpu/b"), ALARM("main/fleet.cpu/c"))' } } }),
  fleetMonitor({ notify: inboxes('ops'), staleAfter: 1, outageTolerance: '10m' }, { flapping: true }),
  fleetMonitor({ notify: inboxes('ops', 'lead', 'boss'), groupBy: ['...'], repeatInterval: '3m' }, { occurrences: '2 of 3', missing: 'breaching' }),
]

const NAMES = ['a', 'b', 'c'] as const
const value = fc.constantFrom(20, 20, 70, 91)
const readings: fc.Arbitrary<Readings> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ a: fc.record({ cpu: value, disk: value }, { requiredKeys: [] }), b: value, c: value }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: fc.constant('down' as const) },
)
const name = fc.constantFrom(...NAMES)
const matchers = fc.constantFrom('name="a"', 'rule="fleet.cpu"', 'level="warning"', 'name!="b",rule=~"fleet.*"')

export type Step = { readonly wait: number } & (
  | { readonly do: 'cycle'; readonly readings: Readings }
  | { readonly do: 'flush' | 'restart' | 'expire' }
  | { readonly do: 'ack' | 'unack' | 'snooze' | 'unsnooze'; readonly name: string; readonly firmly: boolean }
  | { readonly do: 'silence'; readonly matchers: string; readonly minutes: number }
  | { readonly do: 'reconfigure'; readonly to: number }
)
/** Minutes until the step happens; now and then hours in which nobody watches. */
const wait = fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 1, max: 4 }) }, { weight: 1, arbitrary: fc.integer({ min: 30, max: 200 }) })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 14, arbitrary: fc.record({ do: fc.constant('cycle' as const), readings, wait }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('flush' as const), wait }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'expire' as const), wait: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('ack' as const, 'unack' as const, 'snooze' as const, 'unsnooze' as const), name, firmly: fc.boolean(), wait: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('silence' as const), matchers, minutes: fc.integer({ min: 1, max: 90 }), wait: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reconfigure' as const), to: fc.nat(MONITORS.length - 1), wait: fc.nat(3) }) },
)
const histories = fc.record({ first: fc.nat(MONITORS.length - 1), steps: fc.array(step, { minLength: 4, maxLength: 40 }) })
export type History = { readonly first: number; readonly steps: readonly Step[] }

/** A fleet to which a history happens, with everything that was queued in the order in which it was. */
export interface Lived {
  readonly fleet: Fleet
  readonly notifications: Notification[]
  now: number
  monitor: Monitor
}

export async function live({ first, steps }: History, each: (lived: Lived, step: Step) => Promise<void> = async () => {}, order: (one: Readings) => Readings = (one) => one): Promise<Lived> {
  const monitor = MONITORS[first] as Monitor
  const lived: Lived = { fleet: await openFleet(monitor), notifications: [], now: 0, monitor }
  const { fleet } = lived
  for (const [index, one] of steps.entries()) {
    lived.now += one.wait * MINUTE
    await happen(lived, one, index, order)
    await each(lived, one)
  }
  lived.notifications.push(...(await queued(fleet)))
  return lived
}

export const queued = async (fleet: Fleet): Promise<Notification[]> => (await fleet.store.transaction((tx) => tx.outbox.list('main'))).map(({ notification }) => notification)

async function happen(lived: Lived, one: Step, index: number, order: (one: Readings) => Readings): Promise<void> {
  const { fleet, now } = lived
  const ignored = (): undefined => undefined
  switch (one.do) {
    case 'cycle':
      await fleet.cycle(order(one.readings), now)
      return
    case 'flush':
      await fleet.flush(now)
      return
    case 'restart':
      return fleet.restart()
    case 'reconfigure':
      lived.monitor = MONITORS[one.to] as Monitor
      return fleet.restart(lived.monitor)
    case 'silence':
      await addSilence(fleet.store, { createdBy: 'ann', matchers: one.matchers, for: `${one.minutes}m` }, { monitor: 'main', id: `s${index}`, now })
      return
    case 'expire': {
      const [silence] = await listSilences(fleet.store, 'main', { states: ['active'] }, now)
      if (silence !== undefined) await expireSilence(fleet.store, 'main', silence.silence.id, now)
      return
    }
    case 'ack':
    case 'unack':
    case 'snooze':
    case 'unsnooze': {
      const choice = { monitor: 'main', id: `fleet.cpu/${one.name}` }
      // Alerts that are not there or have ended refuse it: that is tested elsewhere.
      if (one.do === 'ack') await acknowledgeAlert(fleet.store, choice, { by: 'ann', sticky: one.firmly }, now).catch(ignored)
      else if (one.do === 'unack') await unacknowledgeAlert(fleet.store, choice, 'ann', now).catch(ignored)
      else if (one.do === 'snooze') await snoozeAlert(fleet.store, choice, { by: 'ann', until: now + 20 * MINUTE, evenCritical: one.firmly }, now).catch(ignored)
      else await unsnoozeAlert(fleet.store, choice, 'ann', now).catch(ignored)
    }
  }
}

/** Checks something of many random histories. */
export const property = (check: (history: History) => Promise<void>) => fc.assert(fc.asyncProperty(histories, check), { numRuns: RUNS })
export const LIMIT = { timeout: 60_000 + RUNS * 200 }
