import { checkIntegration } from './alertmanager-checks.ts'
import { INTEGRATIONS, noNotifier } from './alertmanager-integrations.ts'
import { NOTIFIERS, type NotifyEntry } from './alertmanager-notifiers.ts'
import type { Place } from './alertmanager-source.ts'

export interface Receivers {
  readonly notify: Readonly<Record<string, NotifyEntry>>
  /** The notifiers that stand for each receiver: none, one, or several. */
  readonly notifiersOf: ReadonlyMap<string, readonly string[]>
}

/** Turns receivers into notifiers. One with a single integration keeps its name, others get one for each: `ops-slack`, `ops-email`, `ops-email-2`. */
export function readReceivers(receivers: Place, global: Place): Receivers {
  const notify = new Map<string, NotifyEntry>()
  const notifiersOf = new Map<string, readonly string[]>()
  const read = receivers.items().map((receiver) => ({ name: nameOf(receiver), receiver, entries: integrationsOf(receiver, global) }))
  const taken = new Set(read.map(({ name }) => name))
  for (const { name, receiver, entries } of read) {
    if (name === undefined) continue
    if (notifiersOf.has(name)) receiver.at('name').refuse(`two receivers are named "${name}"`, 'give each a name of its own')
    const names = entries.map((entry) => {
      const own = entries.length === 1 ? name : unused(`${name}-${entry.use}`, taken)
      taken.add(own)
      notify.set(own, entry)
      return own
    })
    notifiersOf.set(name, names)
  }
  return { notify: Object.fromEntries(notify), notifiersOf }
}

/** The name, or that with the first number that makes it another. */
export function unused(name: string, taken: ReadonlySet<string | undefined>): string {
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? name : `${name}-${count}`
    if (!taken.has(candidate)) return candidate
  }
}

function nameOf(receiver: Place): string | undefined {
  const name = receiver.at('name').text()
  if (name === undefined) receiver.refuse('a receiver has no name', 'add it: "name: ops"')
  return name
}

function integrationsOf(receiver: Place, global: Place): NotifyEntry[] {
  return receiver.entries().flatMap(([key, place]) => {
    const integration = Object.hasOwn(INTEGRATIONS, key) ? INTEGRATIONS[key] : undefined
    if (integration === undefined) return []
    return place.items().flatMap((item) => {
      checkIntegration(item, integration, global)
      if (!item.given && integration.nullable !== true) return []
      if (integration.notifier === undefined) {
        item.list(`${integration.label} is not told`, noNotifier(integration.label))
        return []
      }
      return NOTIFIERS[integration.notifier](item, global) ?? []
    })
  })
}
