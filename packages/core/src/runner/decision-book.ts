import { isDeepStrictEqual } from 'node:util'
import type { GroupDecision } from '../routing/plan.ts'
import type { AlertStanding } from '../routing/standing.ts'
import type { DecisionRecord, GroupStanding } from '../store/decisions.ts'
import type { Stored, Transaction } from '../store/store.ts'

/** What was decided of each group, as it was last written. */
export interface DecisionBook {
  /** Writes decisions that are not as they were. Call what it returns once the transaction is through. */
  write(tx: Transaction, decisions: readonly GroupDecision[], now: number): Promise<() => void>
}

type Alerts = GroupStanding['alerts']

export function decisionBook(monitor: string, stored: readonly Stored<GroupStanding>[]): DecisionBook {
  const idOf = ({ receiver, key }: Pick<GroupDecision, 'receiver' | 'key'>): string => `${monitor}/${receiver}${key}`
  const rows = new Map(stored.map((row) => [row.id, row]))

  return {
    async write(tx, decisions, now) {
      const written: (readonly [id: string, row: Stored<GroupStanding> | undefined])[] = []
      const news: DecisionRecord[] = []
      const seen = new Set(decisions.map(idOf))
      // A group of which nothing is decided has nothing to tell any more.
      const over: (Omit<GroupDecision, 'muted'> & { readonly id: string })[] = [...rows.values()].filter(({ id }) => !seen.has(id)).map(({ id, value: { receiver, key } }) => ({ id, receiver, key, decision: 'nothing', alerts: [] }))
      for (const decision of [...decisions.map((one) => ({ ...one, id: idOf(one) })), ...over]) {
        const { id, receiver, key } = decision
        const row = rows.get(id)
        const before = row?.value
        const changed = changesOf(before?.alerts ?? {}, decision.alerts)
        const acknowledged = decision.decision === 'acknowledged' || (before?.acknowledged === true && decision.message === undefined)
        const turned = acknowledged !== (before?.acknowledged ?? false)
        // A group of the name that the monitor had before goes on under the new one.
        if ((changed.length > 0 || decision.message !== undefined || turned) && (row === undefined || row.monitor === monitor)) news.push(recordOf(monitor, decision, changed, now))
        const stays = decision.alerts.filter(({ standing: { is } }) => is !== 'endTold' && is !== 'left')
        if (changed.length === 0 && !turned && stays.length === Object.keys(before?.alerts ?? {}).length) continue
        if (stays.length > 0) {
          const value = { receiver, key, alerts: Object.fromEntries(stays.map(kept)), ...(acknowledged ? { acknowledged: true as const } : {}) }
          written.push([id, { id, monitor, value, version: await tx.standings.put({ id, monitor, value }, row?.version ?? 0) }])
        } else if (row !== undefined) {
          await tx.standings.remove(id, row.version)
          written.push([id, undefined])
        }
      }
      await tx.decisions.append(news)
      return () => {
        for (const [id, row] of written) {
          if (row === undefined) rows.delete(id)
          else rows.set(id, row)
        }
      }
    },
  }
}

/** Alerts that stand otherwise than before, and those that are in the group no more. */
function changesOf(before: Alerts, now: readonly AlertStanding[]): DecisionRecord['alerts'] {
  const changed: { fingerprint: string; standing: AlertStanding['standing'] }[] = []
  let known = 0
  for (const alert of now) {
    const was = before[alert.fingerprint]
    if (was !== undefined) known += 1
    if (was === undefined || !isSame(was, alert)) changed.push({ fingerprint: alert.fingerprint, standing: alert.standing })
  }
  if (known === Object.keys(before).length) return changed
  const present = new Set(now.map(({ fingerprint }) => fingerprint))
  for (const [fingerprint, { is }] of Object.entries(before)) {
    // That its end was not wanted was the last word.
    if (!present.has(fingerprint) && is !== 'endNotWanted') changed.push({ fingerprint, standing: { is: 'left' } })
  }
  return changed
}

function isSame({ startedAt, ...was }: Alerts[string], alert: AlertStanding): boolean {
  if (was.is !== alert.standing.is || startedAt !== alert.startedAt) return false
  return !('by' in alert.standing) || isDeepStrictEqual(was, alert.standing)
}

const kept = ({ fingerprint, standing, startedAt }: AlertStanding) => [fingerprint, startedAt === undefined ? standing : { ...standing, startedAt }] as const

function recordOf(monitor: string, { receiver, key, decision, message, nextAt, waitsFor, route }: Omit<GroupDecision, 'muted' | 'alerts'>, alerts: DecisionRecord['alerts'], at: number): DecisionRecord {
  const timing = { ...(nextAt === undefined ? {} : { nextAt }), ...(waitsFor === undefined ? {} : { waitsFor }), ...(route === undefined ? {} : { route }) }
  return { monitor, receiver, key, at, decision, alerts, ...(message === undefined ? {} : { message }), ...timing }
}
