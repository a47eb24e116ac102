import { type MeasuredSeries } from '@tocsin/core'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newAlert } from '../../packages/core/src/alerting/reducer.ts'
import { aSubject } from '../../packages/core/src/testing/builders.ts'
import { reportContext } from '../../packages/core/src/testing/report-context.ts'
import { shardOf, SHARD } from '../../packages/store-sql/src/history/batch.ts'
import { dayOf, encodeDays } from '../../packages/store-sql/src/history/day-block.ts'
import { encodeHours, type HourRollup, type HourRollups } from '../../packages/store-sql/src/history/rollup-chunk.ts'
import { summaryOf } from '../../packages/store-sql/src/history/summary.ts'
import { retentionOf } from '../../packages/store-sql/src/history/retention.ts'
import { openSqlite } from '../../packages/store-sql/src/sqlite/open-sqlite.ts'
import { sqlStore } from '../../packages/store-sql/src/sql-store.ts'
import { FakeClock } from '../../packages/core/src/testing/fake-clock.ts'
import { compute } from '../../plugins/report-weekly/src/figures/compute.ts'
import { periodBefore } from '../../plugins/report-weekly/src/figures/period.ts'
import { renderLetter } from '../../plugins/report-weekly/src/letter.ts'
import { defineCollector, defineMonitor } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'
import { KINDS, valuesOf } from './history-kinds.ts'

const RESOURCES = 10_000
const METRICS = ['cpu', 'memory', 'disk', 'requests', 'errors'] as const
const PERIOD = 300_000
const HOUR = 3_600_000
const DAY = 24 * HOUR
const MONDAY = Date.parse('2026-08-24T00:00:00Z')
/** So many series of their own; the others have the same bytes under other ids. */
const VARIANTS = 250
const LIMIT = 5_000
const TURNS = 20_000

/** The figures of a week for 10,000 resources with five metrics each, from daily and hourly rollups in a SQLite file, with 20,000 changes of level. */
export async function report(): Promise<void> {
  const folder = await mkdtemp(join(process.env['BENCH_FOLDER'] ?? tmpdir(), 'tocsin-bench-'))
  const clock = new FakeClock(MONDAY + 8 * HOUR)
  const database = await openSqlite(join(folder, 'report.sqlite'))
  const store = sqlStore(database, { clock, retention: retentionOf() })
  try {
    const metric = { unit: 'count', worse: 'high', help: '' } as const
    const fleet = defineCollector({ name: 'fleet', metrics: { cpu: metric, memory: metric, disk: metric, requests: metric, errors: metric }, create: () => ({ async *collect() { yield* [] } }) })
    const line = threshold({ warning: 1e6, critical: 2e6 })
    const monitor = defineMonitor({ name: 'bench', watch: [fleet({ cpu: line, memory: line, disk: line, requests: line, errors: line })], notify: {} })
    const first = MONDAY - 15 * DAY
    const point = { timestamps: Float64Array.of(first), values: Float64Array.of(1) }
    for (let from = 0; from < RESOURCES; from += 500) {
      const some = Array.from({ length: 500 }, (_, index) => resourceOf(from + index))
      await store.history?.append('bench', some.flatMap((resource) => METRICS.map((name): MeasuredSeries => ({ unit: 'count', series: { resource, metric: name, period: PERIOD, ...point } }))))
    }
    await store.history?.maintain({ now: MONDAY })
    const known = (await store.history?.series({ monitor: 'bench' })) ?? []
    for (let day = -14; day < 0; day++) {
      const start = MONDAY + day * DAY
      const variants = Array.from({ length: VARIANTS }, (_, seed) => hoursOf(seed, start))
      const packed = variants.map((hours) => encodeHours(hours))
      const days = variants.map((hours) => dayOf(hours))
      // A block names its series by their place in the shard, so shards that begin with the same variant have the same bytes.
      const blocks = new Map<number, Uint8Array>()
      const blockOf = (shard: number): Uint8Array => {
        const first = (shard * SHARD) % VARIANTS
        const block = blocks.get(first) ?? encodeDays(new Map(Array.from({ length: SHARD }, (_, offset) => [shard * SHARD + offset, days[(first + offset) % VARIANTS]])), start / DAY)
        blocks.set(first, block)
        return block
      }
      const shards = [...new Set(known.map(({ id }) => shardOf(id)))].map((shard) => ({ shard, day: start / DAY, rollups: blockOf(shard) }))
      await database.transaction(async (db) => void (await Promise.all(chunked(shards, 500).map((some) => db.insertInto('days').values(some).execute()))))
      for (let from = 0; from < known.length; from += 2_000) {
        const rows = known.slice(from, from + 2_000).map(({ id }) => ({ series_id: id, day: start / DAY, hours: packed[id % VARIANTS] as Uint8Array }))
        await database.transaction(async (db) => void (await Promise.all(chunked(rows, 500).map((some) => db.insertInto('rollups').values(some).execute()))))
      }
    }
    const context = reportContext(monitor, store, { clock })
    const rules = monitor.watch[0]?.rules ?? []
    for (let from = 0; from < known.length; from += 5_000) {
      await store.transaction(async (tx) => {
        for (const { resource, metric: name } of known.slice(from, from + 5_000)) {
          const rule = rules.find((one) => one.metric.name === name)
          if (rule === undefined) continue
          const fingerprint = context.monitor.fingerprint({ resource, labels: {} }, rule)
          await tx.alerts.put({ id: fingerprint, monitor: 'bench', value: { subject: aSubject({ fingerprint, monitor: 'bench', rule: rule.name, metric: name, resource }), state: newAlert } }, 0)
        }
      })
    }
    const rule = rules[0]
    if (rule === undefined) throw new Error('no rule')
    await store.transaction((tx) =>
      tx.events.append(
        Array.from({ length: TURNS }, (_, index) => {
          const firing = index % 2 === 0
          const fingerprint = context.monitor.fingerprint({ resource: resourceOf(Math.floor(index / 2) % 2_000), labels: {} }, rule)
          return { fingerprint, monitor: 'bench', at: MONDAY - 13 * DAY + index * 55_000, kind: firing ? ('fired' as const) : ('resolved' as const), from: firing ? ('none' as const) : ('critical' as const), to: firing ? ('critical' as const) : ('none' as const), value: 1, code: 'forElapsed' as const, reason: '', episodeId: `e${Math.floor(index / 2)}` }
        }),
      ),
    )
    for (const timeZone of ['UTC', 'Europe/Berlin']) {
      const period = periodBefore('week', clock.now(), timeZone)
      const start = performance.now()
      const cpu = process.cpuUsage()
      const figures = await compute(period, { ...context, timeZone }, { top: 25 })
      const took = performance.now() - start
      const { user, system } = process.cpuUsage(cpu)
      const drawn = performance.now()
      const letter = renderLetter(figures)
      const said = `${figures.rows.length.toLocaleString('en-US')} rows, ${figures.rows.filter(({ values }) => values !== undefined).length.toLocaleString('en-US')} with values; the letter in ${(performance.now() - drawn).toFixed(0)} ms, ${(Buffer.byteLength(letter.html) / 1_000).toFixed(0)} kB of HTML`
      process.stdout.write(`report: ${timeZone}: a week of ${RESOURCES.toLocaleString('en-US')} resources x ${METRICS.length} metrics in ${(took / 1_000).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of processor time (goal ${LIMIT / 1_000} s${took > LIMIT ? ', missed' : ''}): ${said}\n`)
    }
  } finally {
    await store.close()
    await rm(folder, { recursive: true })
  }
}

const resourceOf = (index: number) => ({ id: `arn:aws:ec2:eu-west-1:123456789012:instance/i-${index}`, type: 'fleet', name: `web-${index}`, account: 'prod', region: 'eu-west-1', tags: { team: 'web' } })

/** A day of hourly rollups. */
function hoursOf(seed: number, start: number): HourRollups {
  const kind = KINDS[seed % KINDS.length]
  if (kind === undefined) throw new Error('no kind of series')
  const values = valuesOf(kind, seed + 1, 288)
  const hours = new Map<number, HourRollup>()
  for (let hour = 0; hour < 24; hour++) {
    const timestamps = Float64Array.from({ length: 12 }, (_, step) => start + hour * HOUR + step * PERIOD)
    const summary = summaryOf({ timestamps, values: values.slice(hour * 12, (hour + 1) * 12) })
    if (summary) hours.set(start / HOUR + hour, { period: PERIOD, summary })
  }
  return hours
}

const chunked = <T>(all: readonly T[], size: number): T[][] => Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
