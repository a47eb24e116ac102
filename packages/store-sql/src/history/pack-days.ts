import type { Kysely } from 'kysely'
import type { Tables } from '../schema/tables.ts'
import { SHARD } from './batch.ts'
import { type DayRollup, type DayRollups, dayOf, encodeDays } from './day-block.ts'
import { asRanges } from './days.ts'
import type { DayTable } from './history-tables.ts'
import { type BySeries, readDays, readHours } from './read-rows.ts'
import { DAY, HOUR, type HourRollups } from './rollup-chunk.ts'

/** Whole days of a shard, by day, as they are stored. Those without a block are made of the hours of all series that have some. */
export async function readShardDays(db: Kysely<Tables>, shard: number, days: readonly number[]): Promise<ReadonlyMap<number, DayRollups>> {
  const stored = await readDays(db, [shard], asRanges([], days))
  const missing = days.filter((day) => !stored.has(day))
  const hours = await readHours(db, Array.from({ length: SHARD }, (_, offset) => shard * SHARD + offset), asRanges([], missing))
  return new Map(days.map((day) => [day, stored.get(day)?.get(shard) ?? daysOf(hours, day)]))
}

function daysOf(hours: BySeries<HourRollups>, day: number): DayRollups {
  return new Map<number, DayRollup | undefined>(
    [...hours].flatMap(([series, own]) => {
      const within = hoursWithin(own, day)
      return within.size === 0 ? [] : [[series, dayOf(within)]]
    }),
  )
}

/** Hours of one day. */
export const hoursWithin = (hours: HourRollups, day: number): HourRollups => new Map([...hours].filter(([hour]) => Math.floor((hour * HOUR) / DAY) === day))

/** The row of a shard's day with some series rolled up again. */
export function withDays(shard: number, day: number, before: DayRollups, changed: BySeries<HourRollups>): DayTable {
  const after = new Map(before)
  for (const [series, hours] of changed) after.set(series, dayOf(hours))
  return { shard, day, rollups: encodeDays(after, day) }
}
