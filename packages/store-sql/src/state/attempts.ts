import type { OutboxRow, Settlement } from '@tocsin/core'
import type { Kysely } from 'kysely'
import type { Tables } from '../schema/tables.ts'
import { plainText } from './plain-text.ts'
import { takeNumbers } from './sequence.ts'
import { whole } from './whole.ts'

/** Notes that attempts begin. A number that was used before is that of a row that was forgotten and queued again: it is written anew. */
export async function beginAttempts(db: Kysely<Tables>, rows: readonly OutboxRow[], now: number): Promise<void> {
  const monitor = rows[0]?.monitor
  if (monitor === undefined) return
  const first = await takeNumbers(db, `deliveries/${monitor}`, rows.length)
  await db
    .insertInto('deliveries')
    .values(rows.map(({ id, receiver, attempt }, index) => ({ outbox_id: id, attempt, monitor, receiver, seq: first + index, begun_at: whole(now), ended_at: null, outcome: null, reason: null })))
    .onConflict((conflict) =>
      conflict.columns(['outbox_id', 'attempt']).doUpdateSet((row) => ({
        receiver: row.ref('excluded.receiver'),
        seq: row.ref('excluded.seq'),
        begun_at: row.ref('excluded.begun_at'),
        ended_at: null,
        outcome: null,
        reason: null,
      })),
    )
    .execute()
}

/** Notes what came of an attempt. */
export async function endAttempt(db: Kysely<Tables>, id: string, attempt: number, settlement: Settlement): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ ended_at: whole(settlement.at), outcome: outcomeOf(settlement), reason: settlement.status === 'delivered' ? null : plainText(settlement.error) })
    .where('outbox_id', '=', id)
    .where('attempt', '=', attempt)
    .execute()
}

/** Notes of attempts under way that their process is no more: nobody knows whether they arrived. */
export async function giveUpAttempts(db: Kysely<Tables>, ids: readonly string[], now: number): Promise<void> {
  await db.updateTable('deliveries').set({ ended_at: whole(now), outcome: 'uncertain' }).where('outbox_id', 'in', ids).where('ended_at', 'is', null).execute()
}

function outcomeOf(settlement: Settlement): 'delivered' | 'retryable' | 'permanent' {
  if (settlement.status === 'dead') return settlement.outcome
  return settlement.status === 'delivered' ? 'delivered' : 'retryable'
}
