import type { Clock, HistoryStore } from '@tocsin/core'
import type { Transaction } from 'kysely'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from '../database.ts'
import type { Tables } from '../schema/tables.ts'
import { SHARD, shardOf } from './batch.ts'
import { maintain } from './maintain.ts'
import { readPoints, readSeries } from './read-history.ts'
import { readRollups, stepsOf } from './read-rollups.ts'
import type { Retention } from './retention.ts'
import { describe, seriesBook } from './series-book.ts'
import { expectTimes, writeBatches } from './write-batches.ts'


export interface HistoryOptions {
  /** Says when resources are written again. */
  readonly clock: Clock
  readonly retention: Retention
}

/** The most series that one question to the database is about: those of a shard, or of a few where only summaries of them are read. */
const AT_ONCE = { points: SHARD, rollups: 4 * SHARD }

/**
 * The history in a SQL database. New points are kept as they come, one row for many series; `maintain` packs those of a finished day into
 * one chunk a series, and rolls them up by the hour and by the day.
 */
export function historyStore(database: Database, { clock, retention }: HistoryOptions): HistoryStore {
  const book = seriesBook()

  /** Few series at a time, and a pause after each few, so that a large question does not hold up everything else. */
  const inParts = async <Found>(series: readonly number[], atOnce: number, read: (db: Transaction<Tables>, part: readonly number[]) => Promise<readonly Found[]>): Promise<Found[]> => {
    const found: Found[] = []
    for (const part of partsOf(series, atOnce)) {
      for (const one of await database.transaction((db) => read(db, part))) found.push(one)
      await nextTurn()
    }
    return found
  }

  return {
    async append(monitor, measured) {
      const present = measured.filter(({ series }) => series.timestamps.length > 0)
      if (present.length === 0) return
      expectTimes(present)
      const identified = await database.transaction(async (db) => {
        const identified = await book.identify(db, monitor, present, clock.now())
        await writeBatches(db, present, identified.ids)
        return identified
      })
      identified.remember()
    },
    async markGone(monitor, resources, at) {
      const rows = resources.map((resource) => describe(monitor, resource).row)
      await database.transaction(async (db) => {
        for (const { resource, account, region } of rows) {
          await db.updateTable('resources').set({ gone_at: at }).where('monitor', '=', monitor).where('resource', '=', resource).where('account', '=', account).where('region', '=', region).where('gone_at', 'is', null).execute()
        }
      })
      book.forget(rows)
    },
    series: (filter = {}) => database.transaction((db) => readSeries(db, filter)),
    points: (range) => inParts(range.series, AT_ONCE.points, (db, series) => readPoints(db, { ...range, series })),
    async rollups(range) {
      const steps = stepsOf(range)
      return inParts(range.series, AT_ONCE.rollups, (db, series) => readRollups(db, series, steps))
    },
    maintain: (options) => maintain({ database, retention, forget: (resources) => book.forget(resources) }, options),
  }
}

/** Series in parts, each of at most `atOnce`; where neighbours follow one another it ends with a shard, so that its blocks are read once. */
function* partsOf(series: readonly number[], atOnce: number): Iterable<readonly number[]> {
  for (let from = 0; from < series.length; ) {
    const part = series.slice(from, from + atOnce)
    const last = shardOf(part.at(-1) ?? 0)
    const whole = part.findLastIndex((id) => shardOf(id) !== last) + 1
    const length = part.length === atOnce && whole >= atOnce / 2 ? whole : part.length
    yield part.slice(0, length)
    from += length
  }
}
