import { TocsinError } from '../errors.ts'
import type { AlertRecord, AlertSubject } from '../model/alert.ts'
import type { Transaction } from '../store/store.ts'

/** The shortest beginning of a fingerprint that is taken for one. */
export const SHORTEST = 4

/** Whether a person means this alert: by the beginning of its fingerprint, or by `<rule>/<resource>` with the id or name of the resource. */
export const isCalled = ({ fingerprint, rule, resource }: AlertSubject, id: string): boolean => (id.length >= SHORTEST && fingerprint.startsWith(id)) || id === `${rule}/${resource.id}` || id === `${rule}/${resource.name}`

/**
 * The alert that a person means: by the beginning of its fingerprint, or by `<rule>/<resource>` with the id or name of the resource. Among
 * several, the one that is active.
 *
 * @throws TocsinError E601 when there is none, or more than one.
 */
export async function findAlert(tx: Transaction, monitor: string, id: string): Promise<AlertRecord> {
  const all = (await tx.alerts.list(monitor)).map(({ value }) => value)
  const named = all.filter(({ subject }) => isCalled(subject, id))
  const active = named.filter(({ state }) => state.phase !== 'inactive')
  const found = active.length > 0 ? active : named
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  if (only === undefined) throw new TocsinError('E601', `no alert is called "${id}"`, { where: monitor, fix: 'run "tocsin alerts" for the ids of those that are active' })
  const ids = found.slice(0, 5).map(({ subject }) => `${subject.fingerprint.slice(0, 12)} (${subject.rule} ${subject.resource.name})`)
  throw new TocsinError('E601', `"${id}" is the beginning of ${found.length} alerts`, { where: monitor, fix: `write more of it: ${ids.join(', ')}` })
}
