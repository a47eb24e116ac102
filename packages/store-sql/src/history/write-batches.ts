import { type MeasuredSeries, TocsinError } from '@tocsin/core'
import type { Kysely } from 'kysely'
import type { Tables } from '../schema/tables.ts'
import { takeNumbers } from '../state/sequence.ts'
import { writeRows } from '../state/write-rows.ts'
import { addTo, type Batch, emptyBatch, encodeBatch, shardOf } from './batch.ts'
import type { BatchTable } from './history-tables.ts'
import { LATEST_TIME } from './time-column.ts'

/**
 * Writes new points: one row for all those of a shard.
 *
 * @param measured with times that were looked at.
 * @param ids of the series, in their order. A series may be given twice: the later points count.
 */
export async function writeBatches(db: Kysely<Tables>, measured: readonly MeasuredSeries[], ids: readonly number[]): Promise<void> {
  const shards = new Map<number, Batch>()
  for (const [index, { series }] of measured.entries()) {
    const id = ids[index] ?? NaN
    const batch = shards.get(shardOf(id)) ?? emptyBatch()
    shards.set(shardOf(id), batch)
    addPresent(batch, id, series)
  }
  const batches = [...shards].filter(([, { values }]) => values.length > 0)
  if (batches.length === 0) return
  const seq = await takeNumbers(db, 'batches', 1)
  const rows = batches.map(([shard, batch]): BatchTable => ({ shard, seq, ...columnsOf(batch) }))
  await writeRows<BatchTable, never>(db, 'put batches', ['shard', 'seq', 'first_at', 'last_at', 'points'], rows, (db, values) => db.insertInto('batches').values(values))
}

/** What a row says of its points. */
export function columnsOf(batch: Batch): Omit<BatchTable, 'shard' | 'seq'> {
  let [first_at, last_at] = [Infinity, -Infinity]
  for (const time of batch.times) {
    first_at = Math.min(first_at, time)
    last_at = Math.max(last_at, time)
  }
  return { first_at, last_at, points: encodeBatch(batch) }
}

/** @throws TocsinError E401 for times that are not whole milliseconds, ascending. */
export function expectTimes(measured: readonly MeasuredSeries[]): void {
  for (const { series: { resource, metric, timestamps } } of measured) {
    let last = -1
    for (const time of timestamps) {
      if (!Number.isInteger(time) || time <= last || time > LATEST_TIME) {
        throw new TocsinError('E401', `${metric} of ${resource.name} has a time that is not in whole milliseconds after the one before: ${time}`, { fix: 'give times in milliseconds since 1970, oldest first, each once' })
      }
      last = time
    }
  }
}

function addPresent(batch: Batch, id: number, { timestamps, values }: MeasuredSeries['series']): void {
  for (const [index, time] of timestamps.entries()) {
    const value = values[index] ?? NaN
    if (!Number.isNaN(value)) addTo(batch, id, time, value)
  }
}
