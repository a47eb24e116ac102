import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type HistoryStore, type MeasuredSeries, systemClock } from '@tocsin/core'
import { startPostgres, WITHOUT_POSTGRES } from '@tocsin/dev-tools'
import { sql } from 'kysely'
import type { Database } from '../../packages/store-sql/src/database.ts'
import { historyStore } from '../../packages/store-sql/src/history/history-store.ts'
import { retentionOf } from '../../packages/store-sql/src/history/retention.ts'
import { openPostgres } from '../../packages/store-sql/src/postgres/open-postgres.ts'
import { openSqlite } from '../../packages/store-sql/src/sqlite/open-sqlite.ts'
import { codec } from './history-codec.ts'
import { KINDS, valuesOf } from './history-kinds.ts'

const PERIOD = 300_000
const STEPS = 288
const DAY = STEPS * PERIOD
const START = Date.parse('2026-01-05T00:00:00Z')
/** With a day of 288 points: a million points. */
const SERIES = 3_472
/** With a week of 2,016 points: a million points. */
const WEEKLY = 496

type Table = 'batches' | 'chunks' | 'rollups' | 'days'

/** What plainer layouts took for a million points, measured on another machine before these were chosen: rows of points, deflated doubles, rollups as rows. */
const PLAINER = {
  SQLite: { batches: '20 to 40', chunks: '5.3', rollups: '3.9' },
  PostgreSQL: { batches: '44 to 94', chunks: '4.3', rollups: '13.3' },
} as const

/**
 * A million points, one every five minutes of 3,472 series: how fast they are written and packed, how much room they take, and how fast
 * a week of 496 series, another million, is read and rolled up.
 */
export async function history(): Promise<void> {
  codec()
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-bench-'))
  try {
    const database = await openSqlite(join(folder, 'history.sqlite'))
    const size = async (table: Table): Promise<number> => {
      const { rows } = await sql<{ bytes: number }>`select sum(pgsize) as bytes from dbstat where name = ${table} or name like ${`sqlite_autoindex_${table}%`}`.execute(database.db)
      return rows[0]?.bytes ?? NaN
    }
    await measure('SQLite', database, size).finally(() => database.close())
  } finally {
    await rm(folder, { recursive: true })
  }
  if (WITHOUT_POSTGRES) return
  const postgres = await startPostgres()
  try {
    const database = await openPostgres(await postgres.emptyDatabase())
    const size = async (table: Table): Promise<number> => {
      await sql`vacuum full ${sql.table(table)}`.execute(database.db)
      const { rows } = await sql<{ bytes: number }>`select pg_total_relation_size(${table}) as bytes`.execute(database.db)
      return rows[0]?.bytes ?? NaN
    }
    await measure('PostgreSQL', database, size).finally(() => database.close())
  } finally {
    await postgres.stop()
  }
}

async function measure(name: keyof typeof PLAINER, database: Database, size: (table: Table) => Promise<number>): Promise<void> {
  const store = historyStore(database, { clock: systemClock, retention: retentionOf() })
  const say = (text: string): void => void process.stdout.write(`history: ${name}: ${text}\n`)
  const series = Array.from({ length: SERIES }, (_, index) => seriesOf(index, STEPS * (index < WEEKLY ? 7 : 1)))

  const times: number[] = []
  for (let step = 0; step < STEPS; step++) {
    const points = series.map(({ given, values }) => measured(given, [START + step * PERIOD], values.slice(step, step + 1)))
    const start = performance.now()
    await store.append('bench', points)
    times.push(performance.now() - start)
  }
  const seconds = times.reduce((sum, one) => sum + one) / 1_000
  const sorted = times.toSorted((a, b) => a - b)
  say(`${count((SERIES * STEPS) / seconds)} points/s written, ${STEPS} commits of ${count(SERIES)} points, ${ms(sorted[STEPS / 2])} each, the longest ${ms(sorted.at(-1))}`)
  const plainer = PLAINER[name]
  say(`${megabytes(await size('batches'))} MB per million points that are not packed yet; a row each took ${plainer.batches}`)

  await maintain(say, store)
  say(`${megabytes(await size('chunks'))} MB per million points in chunks; deflated doubles took ${plainer.chunks}`)
  say(`${megabytes(await size('rollups'))} MB per million points in hourly rollups; a row each took ${plainer.rollups}`)
  say(`${megabytes(await size('days'))} MB per million points in daily rollups beside them`)

  const weekly = series.slice(0, WEEKLY)
  for (let day = 1; day < 7; day++) {
    const at = Array.from({ length: STEPS }, (_, step) => START + day * DAY + step * PERIOD)
    await store.append('bench', weekly.map(({ given, values }) => measured(given, at, values.slice(day * STEPS, (day + 1) * STEPS))))
  }
  await store.maintain({ now: START + 8 * DAY })
  const ids = (await store.series()).map(({ id }) => id).slice(0, WEEKLY)
  const week = { series: ids, from: START, until: START + 7 * DAY }
  const one = { ...week, series: ids.slice(0, 1) }
  say(`a week of one series read in ${ms(await timed(() => store.points(one)))}, rolled up by day in ${ms(await timed(() => store.rollups({ ...one, step: 'day' })))}`)
  say(`a week of ${WEEKLY} series, a million points, read in ${ms(await timed(() => store.points(week)))}, rolled up by day in ${ms(await timed(() => store.rollups({ ...week, step: 'day', timeZone: 'Europe/Berlin' })))}`)
}

async function maintain(say: (text: string) => void, store: HistoryStore): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const start = performance.now()
  const cpu = process.cpuUsage()
  delay.enable()
  const { packed } = await store.maintain({ now: START + DAY + 8 * 3_600_000 })
  delay.disable()
  const { user, system } = process.cpuUsage(cpu)
  say(`${count(packed)} points packed in ${ms(performance.now() - start)}, ${ms((user + system) / 1_000)} of them CPU; others waited ${ms(delay.percentile(99) / 1e6)} at most in 99 of 100 turns, ${ms(delay.max / 1e6)} once`)
}

function seriesOf(index: number, points: number): { readonly given: Omit<MeasuredSeries['series'], 'timestamps' | 'values'>; readonly values: Float64Array } {
  const kind = KINDS[index % KINDS.length]
  if (kind === undefined) throw new Error('no kind of series')
  const host = Math.floor(index / KINDS.length)
  const resource = { id: `arn:aws:ec2:eu-west-1:123456789012:instance/i-${host}`, type: 'ec2', name: `web-${host}`, account: 'prod', region: 'eu-west-1', tags: { team: 'web' } }
  return { given: { resource, metric: kind.name, period: PERIOD }, values: valuesOf(kind, index + 1, points) }
}

const measured = (given: Omit<MeasuredSeries['series'], 'timestamps' | 'values'>, times: readonly number[], values: Float64Array): MeasuredSeries => ({ unit: 'count', series: { ...given, timestamps: Float64Array.from(times), values } })

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const ms = (value = NaN): string => (value < 10 ? `${value.toFixed(1)} ms` : `${value.toFixed(0)} ms`)
const count = (value: number): string => Math.round(value).toLocaleString('en-US')
/** Bytes of a million points in millions of bytes: the same number as bytes a point. */
const megabytes = (bytes: number): string => (bytes / (SERIES * STEPS)).toFixed(2)
