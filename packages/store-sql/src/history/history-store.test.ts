import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { HistoryStore, MeasuredSeries, Resource } from '@tocsin/core'
import { FakeClock } from '@tocsin/core/testing'
import { type Postgres, startPostgres, WITHOUT_POSTGRES } from '@tocsin/dev-tools'
import * as fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../database.ts'
import { openPostgres } from '../postgres/open-postgres.ts'
import { openSqlite } from '../sqlite/open-sqlite.ts'
import { openSqliteStore } from '../index.ts'
import { dayOf, decodeDays } from './day-block.ts'
import { historyStore } from './history-store.ts'
import { retentionOf } from './retention.ts'
import { decodeHours } from './rollup-chunk.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const PERIOD = 5 * MINUTE
const START = Date.parse('2026-01-05T00:00:00Z')
const M = 'main'
const retention = retentionOf()
/** Many rounds against a database. */
const LONG = { timeout: 120_000 }

const web = (id: string, over: Partial<Resource> = {}): Resource => ({ id, type: 'ec2', name: `web ${id}`, account: 'prod', region: 'eu-west-1', tags: { team: 'web' }, ...over })
type Given = readonly (readonly [time: number, value: number])[]
const measured = (resource: Resource, points: Given, over: { metric?: string; labels?: Record<string, string>; period?: number } = {}): MeasuredSeries => ({
  unit: 'percent',
  series: { resource, metric: 'cpu', period: PERIOD, timestamps: Float64Array.from(points, ([time]) => time), values: Float64Array.from(points, ([, value]) => value), ...over },
})
/** A value for each period from `from` on. */
const regular = (from: number, count: number, value: (index: number) => number = (index) => index): Given => Array.from({ length: count }, (_, index) => [from + index * PERIOD, value(index)] as const)
const pairs = ({ timestamps, values }: { readonly timestamps: Float64Array; readonly values: Float64Array }): Given => Array.from(timestamps, (time, index) => [time, values[index] ?? NaN] as const)

/** What the history of every SQL database must keep. `open` gives another connection to the same one when it is asked again before `renew`. */
function historyContract(name: string, { open, renew }: { readonly open: () => Promise<Database>; readonly renew: () => Promise<void> }): void {
  describe(`${name} keeps history`, () => {
    const opened: Database[] = []
    const connect = async (): Promise<Database> => {
      const database = await open()
      opened.push(database)
      return database
    }
    let database: Database
    let clock: FakeClock
    let history: HistoryStore
    beforeEach(async () => {
      await renew()
      database = await connect()
      clock = new FakeClock(START)
      history = historyStore(database, { clock, retention })
    })
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close()
    })

    const points = async (store = history, from = 0, until = Infinity): Promise<Record<string, Given>> => {
      const series = await store.series()
      const found = await store.points({ series: series.map(({ id }) => id), from, until })
      return Object.fromEntries(found.map((one) => [nameOf(series.find(({ id }) => id === one.series)), pairs(one)]))
    }
    const nameOf = (series: { readonly resource: Resource; readonly metric: string } | undefined): string => `${series?.resource.id} ${series?.metric}`
    const rows = async (table: 'batches' | 'chunks' | 'rollups' | 'days' | 'series' | 'resources'): Promise<number> => {
      const { count } = await database.db.selectFrom(table).select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow()
      return count
    }
    const [a, b] = [web('a'), web('b')]

    it('gives back the points of a range, corrected ones as they were last given, and none that was missing', async () => {
      await history.append(M, [measured(a, [[START, 1], [START + PERIOD, NaN], [START + 2 * PERIOD, Infinity]]), measured(b, [[START, -0.5]])])
      await history.append(M, [measured(a, [[START + PERIOD, 7], [START + 2 * PERIOD, 9], [START + 3 * PERIOD, 4]])])
      await history.append(M, [measured(a, [[START + PERIOD, NaN]]), measured(b, [])])
      await history.append(M, [])
      expect(await points()).toEqual({ 'a cpu': [[START, 1], [START + PERIOD, 7], [START + 2 * PERIOD, 9], [START + 3 * PERIOD, 4]], 'b cpu': [[START, -0.5]] })
      expect(await points(history, START + PERIOD, START + 3 * PERIOD)).toEqual({ 'a cpu': [[START + PERIOD, 7], [START + 2 * PERIOD, 9]] })
    })

    it('gives back a range that begins and ends anywhere, of packed days and of those that are not', async () => {
      await history.append(M, [measured(a, regular(START, 3 * 288))])
      const between = async (from: number, until: number) => (await points(history, from, until))['a cpu']?.map(([, value]) => value)
      const expectRanges = async (): Promise<void> => {
        expect(await between(START + 100 * PERIOD, START + 103 * PERIOD)).toEqual([100, 101, 102])
        expect(await between(START + 99.5 * PERIOD, START + 101.5 * PERIOD)).toEqual([100, 101])
        expect(await between(START + 287 * PERIOD, START + 289 * PERIOD)).toEqual([287, 288])
        expect(await between(START + 100 * PERIOD + 0.5, START + 101 * PERIOD + 0.5)).toEqual([101])
        expect(await between(START + 288 * PERIOD, START + 288 * PERIOD)).toBeUndefined()
        expect((await between(-Infinity, START + 600 * PERIOD))?.length).toBe(600)
        await expect(between(NaN, START)).rejects.toThrow(RangeError)
      }
      await expectRanges()
      await history.maintain({ now: START + 2 * DAY + 3 * HOUR })
      await expectRanges()
      const [series] = await history.series()
      await expect(history.rollups({ series: [series?.id ?? 0], from: START, until: Infinity, step: 'all' })).rejects.toThrow(RangeError)
    })

    it('keeps all of what is given at once, or nothing', async () => {
      for (const times of [[START, START], [START + 0.5], [NaN], [-1], [2 ** 50]]) {
        const wrong = measured(b, times.map((time) => [time, 1] as const))
        await expect(history.append(M, [measured(a, [[START, 1]]), wrong])).rejects.toMatchObject({ code: 'E401' })
      }
      expect(await history.series()).toEqual([])
      await history.append(M, [measured(a, [[START, 1]])])
      expect(await points()).toEqual({ 'a cpu': [[START, 1]] })
    })

    it('takes one series that is given twice at once as one', async () => {
      await history.append(M, [measured(a, [[START, 1]]), measured(web('a'), [[START, 2], [START + PERIOD, 3]])])
      expect(await points()).toEqual({ 'a cpu': [[START, 2], [START + PERIOD, 3]] })
    })

    it('lists what there are points of, as it was last seen', async () => {
      const mount = (path: string) => ({ metric: 'disk', labels: { mount: path, device: 'sda' } })
      await history.append(M, [measured(a, [[START, 1]]), measured(a, [[START, 2]], mount('/')), measured(a, [[START, 3]], mount('/data'))])
      await history.append('other', [measured(a, [[START, 4]])])
      await history.append(M, [measured(web('a', { region: 'us-east-1' }), [[START, 5]])])
      await history.append(M, [measured(web('a', { name: 'renamed', tags: {} }), [[START - PERIOD, 6]], { ...mount('/'), period: MINUTE })])
      const found = await history.series({ monitor: M, resource: 'a', metric: 'disk' })
      const renamed = web('a', { name: 'renamed', tags: {} })
      expect(found).toEqual([
        { id: expect.any(Number), monitor: M, resource: renamed, metric: 'disk', labels: { mount: '/', device: 'sda' }, unit: 'percent', period: MINUTE, firstAt: START - PERIOD },
        { id: expect.any(Number), monitor: M, resource: renamed, metric: 'disk', labels: { mount: '/data', device: 'sda' }, unit: 'percent', period: PERIOD, firstAt: START },
      ])
      expect((await history.series()).map((one) => [one.monitor, one.metric, one.resource.region])).toEqual([[M, 'cpu', 'eu-west-1'], [M, 'disk', 'eu-west-1'], [M, 'disk', 'eu-west-1'], ['other', 'cpu', 'eu-west-1'], [M, 'cpu', 'us-east-1']])
      expect(await history.series({ resource: 'b' })).toEqual([])
      expect((await historyStore(database, { clock, retention }).series()).length).toBe(5)
      await history.append(M, [measured(renamed, [[START - 2 * PERIOD, 7]], { ...mount('/'), period: MINUTE })])
      await history.append(M, [measured(renamed, [[START + 5 * PERIOD, 7]], { ...mount('/'), period: MINUTE })])
      expect((await history.series({ metric: 'disk' }))[0]?.firstAt).toBe(START - 2 * PERIOD)
    })

    it('rolls up by steps of a zone, with the highest and lowest and when, and what is missing', async () => {
      await history.append(M, [measured(a, regular(START, 2 * 288, (index) => (index === 100 ? 99 : index % 50)))])
      await history.maintain({ now: START + DAY + 3 * HOUR })
      const [series] = await history.series()
      const range = { series: [series?.id ?? 0, 999], from: START, until: START + 3 * DAY }
      const [found, ...others] = await history.rollups({ ...range, step: 'day', timeZone: 'Asia/Kolkata' })
      expect(others).toEqual([])
      expect(found?.rollups.map(({ from, until, count, expected, max }) => [(from - START) / HOUR, (until - START) / HOUR, count, expected, max])).toEqual([
        [0, 18.5, 222, 222, 99],
        [18.5, 42.5, 288, 288, 49],
        [42.5, 66.5, 66, 288, 49],
        [66.5, 72, 0, 66, NaN],
      ])
      expect(found?.rollups[0]).toMatchObject({ min: 0, minAt: START, maxAt: START + 100 * PERIOD })
      const [week] = await history.rollups({ ...range, step: 'all' })
      expect(week?.rollups.map(({ count, expected, infinite }) => [count, expected, infinite])).toEqual([[576, 864, 0]])
      expect(Math.abs((week?.rollups[0]?.quantile(0.95) ?? NaN) - 47)).toBeLessThan(0.48)
      await expect(history.rollups({ ...range, step: 'day', timeZone: 'Nowhere' })).rejects.toThrow(RangeError)
    })

    it('packs finished days, once: a second time there is nothing to do', async () => {
      await history.append(M, [measured(a, regular(START, 300)), measured(b, regular(START, 300))])
      const before = await points()
      expect(await history.maintain({ now: START + DAY + 2 * HOUR - 1 })).toEqual({ packed: 0, tooLate: 0, finished: true })
      expect(await history.maintain({ now: START + DAY + 2 * HOUR })).toEqual({ packed: 576, tooLate: 0, finished: true })
      expect(await points()).toEqual(before)
      expect([await rows('batches'), await rows('chunks'), await rows('rollups')]).toEqual([1, 2, 2])
      expect(await history.maintain({ now: START + 2 * DAY })).toEqual({ packed: 0, tooLate: 0, finished: true })
      expect(await history.maintain({ now: START + 3 * DAY })).toEqual({ packed: 24, tooLate: 0, finished: true })
      expect([await rows('batches'), await rows('chunks'), await rows('rollups')]).toEqual([0, 4, 4])
      expect(await points()).toEqual(before)
    })

    it('takes late and corrected points of a packed day', async () => {
      await history.append(M, [measured(a, regular(START, 288))])
      await history.maintain({ now: START + 2 * DAY })
      await history.append(M, [measured(a, [[START + PERIOD, 500], [START + PERIOD + 1, 501]])])
      const late = async () => {
        const [series] = await history.series()
        const [found] = await history.rollups({ series: [series?.id ?? 0], from: START, until: START + DAY, step: 'all' })
        return [found?.rollups[0]?.count, found?.rollups[0]?.max, (await points())['a cpu']?.slice(0, 3)]
      }
      const expected = [289, 501, [[START, 0], [START + PERIOD, 500], [START + PERIOD + 1, 501]]]
      expect(await late()).toEqual(expected)
      expect(await history.maintain({ now: START + 2 * DAY })).toEqual({ packed: 2, tooLate: 0, finished: true })
      expect(await late()).toEqual(expected)
    })

    it('keeps raw points as long as it was told, and rollups longer', async () => {
      const short = historyStore(database, { clock, retention: retentionOf({ raw: 3 * DAY, rollups: 10 * DAY }) })
      await short.append(M, [measured(a, regular(START, 4 * 288))])
      const [series] = await short.series()
      const counts = async (): Promise<unknown[]> => {
        const [found] = await short.rollups({ series: [series?.id ?? 0], from: START, until: START + 4 * DAY, step: 'day' })
        return [(await points(short))['a cpu']?.length, found?.rollups.map(({ count }) => count)]
      }
      await short.maintain({ now: START + 4 * DAY + 12 * HOUR })
      expect(await counts()).toEqual([3 * 288, [288, 288, 288, 288]])
      await short.append(M, [measured(a, [[START - 1, 1], [START + HOUR, 1_000], [START + 3 * DAY + 1, 2]])])
      expect(await short.maintain({ now: START + 4 * DAY + 12 * HOUR })).toEqual({ packed: 2, tooLate: 1, finished: true })
      expect(await counts()).toEqual([3 * 288 + 1, [288, 288, 288, 289]])
      await short.maintain({ now: START + 12 * DAY })
      expect(await counts()).toEqual([undefined, [0, 0, 288, 289]])
      expect([await rows('batches'), await rows('chunks'), await rows('rollups')]).toEqual([0, 0, 2])
    })

    /** Whole days are what their hours are. */
    const expectDaysOfHours = async (): Promise<void> => {
      const hours = new Map((await database.db.selectFrom('rollups').selectAll().execute()).map((row) => [`${row.series_id} ${row.day}`, dayOf(decodeHours(row.hours))]))
      const blocks = await database.db.selectFrom('days').selectAll().execute()
      const days = new Map(blocks.flatMap(({ shard, day, rollups }) => [...decodeDays(rollups, shard, day)].map(([series, rollup]) => [`${series} ${day}`, rollup] as const)))
      expect(days).toEqual(hours)
    }
    const allOf = async (over: { from?: number; until?: number; timeZone?: string } = {}) => {
      const series = await history.series()
      const found = await history.rollups({ series: series.map(({ id }) => id), from: START, until: START + 2 * DAY, step: 'all', ...over })
      return found.map(({ rollups: [one] }) => [one?.count, one?.expected, one?.min, one?.max, one?.mean, one?.quantile(0.5)])
    }

    it('answers for every series that is asked for, once and in that order, however many', async () => {
      await history.append(M, Array.from({ length: 600 }, (_, index) => measured(web(`i-${index}`), [[START, index]])))
      const ids = (await history.series()).map(({ id }) => id)
      for (const series of [ids, ids.toReversed(), ids.filter((id) => id % 3 === 0), [...ids.slice(60, 70), ...ids.slice(0, 390)]]) {
        const range = { series, from: START, until: START + DAY }
        const found = await history.rollups({ ...range, step: 'all' })
        expect(found.map((one) => [one.series, one.rollups[0]?.max])).toEqual(series.map((id) => [id, ids.indexOf(id)]))
        expect((await history.points(range)).map(({ series: id, values }) => [id, values[0]])).toEqual(series.map((id) => [id, ids.indexOf(id)]))
      }
    })

    it('reads whole days instead of their hours', async () => {
      await history.append(M, [measured(a, regular(START, 2 * 288)), measured(b, regular(START + HOUR, 2 * 288 - 24))])
      await history.maintain({ now: START + 3 * DAY })
      await expectDaysOfHours()
      const before = await allOf()
      expect(before.map(([count, expected, min, max, mean]) => [count, expected, min, max, mean])).toEqual([[576, 576, 0, 575, 287.5], [552, 564, 0, 551, 275.5]])
      await database.db.updateTable('rollups').set({ hours: Uint8Array.of(1, 2, 3) }).execute()
      expect(await allOf()).toEqual(before)
      await expect(allOf({ until: START + 2 * DAY - HOUR })).rejects.toMatchObject({ code: 'E505' })
    })

    it('reads days by the hour that were packed before there were whole ones, and makes them whole with the next point', async () => {
      await history.append(M, [measured(a, regular(START, 2 * 288)), measured(b, regular(START, 2 * 288, (index) => -index))])
      await history.maintain({ now: START + 3 * DAY })
      const before = await allOf()
      await database.db.deleteFrom('days').execute()
      expect(await allOf()).toEqual(before)
      await history.append(M, [measured(a, [[START, 0]])])
      await history.maintain({ now: START + 3 * DAY })
      expect(await rows('days')).toBe(1)
      expect(await allOf()).toEqual(before)
      await history.append(M, [measured(a, [[START + DAY, 288]])])
      await history.maintain({ now: START + 3 * DAY })
      await expectDaysOfHours()
      expect(await allOf()).toEqual(before)
    })

    it('expects of a day in which the period changed what its hours say', async () => {
      await history.append(M, [measured(a, regular(START, 12 * 12)), measured(b, regular(START, 2 * 288))])
      await history.maintain({ now: START + 2 * DAY + 3 * HOUR })
      const later = Array.from({ length: 36 * 60 }, (_, index) => [START + 12 * HOUR + index * MINUTE, index] as const)
      await history.append(M, [measured(a, later, { period: MINUTE })])
      const expected = [12 * 12 + 36 * 60, 576]
      expect((await allOf()).map(([, expected]) => expected)).toEqual(expected)
      await history.maintain({ now: START + 2 * DAY + 3 * HOUR })
      await expectDaysOfHours()
      expect((await allOf()).map(([count, expected]) => [count, expected])).toEqual(expected.map((count) => [count, count]))
    })

    it('forgets whole days with their hours, and those of a shard with the last of its series', async () => {
      const short = historyStore(database, { clock, retention: retentionOf({ raw: 2 * DAY, rollups: 3 * DAY, gone: 2 * DAY }) })
      await short.append(M, [measured(a, regular(START, 4 * 288)), measured(b, regular(START, 4 * 288))])
      await short.maintain({ now: START + 4 * DAY + 3 * HOUR })
      expect([await rows('days'), await rows('rollups')]).toEqual([3, 6])
      await expectDaysOfHours()
      await short.markGone(M, [a], START + 3 * DAY)
      await short.maintain({ now: START + 5 * DAY + 3 * HOUR })
      expect([await rows('days'), await rows('rollups')]).toEqual([2, 2])
      await short.markGone(M, [b], START + 3 * DAY)
      await short.maintain({ now: START + 5 * DAY + 4 * HOUR })
      expect([await rows('days'), await rows('rollups'), await rows('series')]).toEqual([0, 0, 0])
    })

    it('leaves out a point that came after its hour was forgotten where a range cuts that hour, as packing it would', async () => {
      const short = historyStore(database, { clock, retention: retentionOf({ raw: 2 * DAY }) })
      await short.append(M, [measured(a, regular(START, 288))])
      await short.maintain({ now: START + 4 * DAY })
      await short.append(M, [measured(a, [[START + 30 * MINUTE, 1_000]])])
      expect((await allOf({ from: START + 15 * MINUTE, until: START + 2 * HOUR })).map(([count, , min, max]) => [count, min, max])).toEqual([[12, 12, 23]])
    })

    it('takes a month that comes at once, of more series than one shard has', LONG, async () => {
      const many = Array.from({ length: 70 }, (_, index) => measured(web(`i-${index}`), Array.from({ length: 30 * 24 }, (_, hour) => [START + hour * HOUR, hour + index] as const), { period: HOUR }))
      await history.append(M, many)
      const before = await points()
      let transactions = 0
      const wide = historyStore(interrupted(async () => void transactions++), { clock, retention: retentionOf({ raw: 60 * DAY }) })
      expect(await wide.maintain({ now: START + 40 * DAY })).toEqual({ packed: 70 * 720, tooLate: 0, finished: true })
      expect(await points()).toEqual(before)
      expect([await rows('batches'), await rows('chunks')]).toEqual([0, 70 * 30])
      // 256 days of series at a time, read twice and written once.
      expect(transactions).toBeGreaterThan((3 * 70 * 30) / 256)
    })

    it('marks what is gone, takes that back when it is seen again, and forgets it in the end', async () => {
      const rest = historyStore(database, { clock, retention: retentionOf({ gone: 30 * DAY }) })
      const goneAt = async () => Object.fromEntries((await rest.series()).map((series) => [nameOf(series), series.goneAt]))
      await rest.append(M, [measured(a, regular(START, 12)), measured(b, regular(START, 12)), measured(b, regular(START, 12), { metric: 'memory' })])
      await rest.markGone(M, [a, b], START + HOUR)
      await rest.markGone(M, [b], START + 5 * HOUR)
      await rest.markGone('other', [b], 1)
      await rest.append(M, [measured(a, [[START + 2 * HOUR, 1]])])
      expect(await goneAt()).toEqual({ 'a cpu': undefined, 'b cpu': START + HOUR, 'b memory': START + HOUR })
      const [, series] = await rest.series()
      const [found] = await rest.rollups({ series: [series?.id ?? 0], from: START, until: START + DAY, step: 'all' })
      expect(found?.rollups[0]).toMatchObject({ count: 12, expected: 12 })
      await rest.maintain({ now: START + HOUR + 30 * DAY })
      expect(await rows('resources')).toBe(2)
      await rest.maintain({ now: START + HOUR + 30 * DAY + 1 })
      expect([await rows('resources'), await rows('series'), await rows('rollups')]).toEqual([1, 1, 1])
      await rest.append(M, [measured(b, [[START + 31 * DAY, 3]])])
      expect((await points(rest))['b cpu']).toEqual([[START + 31 * DAY, 3]])
      await historyStore(await connect(), { clock, retention }).markGone(M, [b], START)
      await rest.maintain({ now: START + 40 * DAY })
      await rest.append(M, [measured(b, [[START + 41 * DAY, 4]])])
      expect((await points(rest))['b cpu']).toEqual([[START + 41 * DAY, 4]])
    })

    it('takes back within a day what another process said of a resource that is measured', async () => {
      await history.append(M, [measured(a, [[START, 1]])])
      await historyStore(await connect(), { clock, retention }).markGone(M, [a], START)
      await history.append(M, [measured(a, [[START + PERIOD, 1]])])
      expect((await history.series())[0]?.goneAt).toBe(START)
      await clock.advance(DAY)
      await history.append(M, [measured(a, [[START + DAY, 1]])])
      expect((await history.series())[0]).not.toHaveProperty('goneAt')
    })

    it('says which row is damaged', async () => {
      await history.append(M, [measured(a, regular(START, 288))])
      await history.maintain({ now: START + 2 * DAY })
      await history.append(M, [measured(a, regular(START + 4 * DAY, 1))])
      const [series] = await history.series()
      const range = { series: [series?.id ?? 0], from: START, until: START + 5 * DAY }
      const day = Math.floor(START / DAY)
      await database.db.updateTable('rollups').set({ hours: Uint8Array.of(1, 2, 3) }).execute()
      await expect(history.rollups({ ...range, step: 'hour' })).rejects.toMatchObject({ code: 'E505', where: `table rollups, series ${series?.id}, day ${day}` })
      await database.db.updateTable('days').set({ rollups: Uint8Array.of(1, 2, 3) }).execute()
      await expect(history.rollups({ ...range, step: 'all' })).rejects.toMatchObject({ code: 'E505', where: `table days, shard 0, day ${day}` })
      await database.db.updateTable('chunks').set({ points: Uint8Array.of(1, 2, 3) }).execute()
      await expect(history.points(range)).rejects.toMatchObject({ code: 'E505', where: `table chunks, series ${series?.id}, day ${day}` })
      await database.db.updateTable('batches').set({ points: Uint8Array.of(1, 9) }).execute()
      await expect(history.points(range)).rejects.toMatchObject({ code: 'E505', where: expect.stringContaining('table batches') })
      await expect(history.maintain({ now: START + 9 * DAY })).rejects.toMatchObject({ code: 'E505' })
    })

    it('stops when it is told to, and goes on from there', async () => {
      await history.append(M, Array.from({ length: 130 }, (_, index) => measured(web(`i-${index}`), regular(START, 12))))
      const before = await points()
      const stop = new AbortController()
      const stopping: Database = {
        ...database,
        transaction: (work) => database.transaction(work).finally(async () => ((await rows('chunks')) > 0 ? stop.abort() : undefined)),
      }
      const part = await historyStore(stopping, { clock, retention }).maintain({ now: START + 2 * DAY, signal: stop.signal })
      expect([part.finished, part.packed]).toEqual([false, expect.any(Number)])
      expect(part.packed).toBeGreaterThan(0)
      expect(part.packed).toBeLessThan(130 * 12)
      expect(await points()).toEqual(before)
      expect((await history.maintain({ now: START + 2 * DAY })).packed).toBe(130 * 12 - part.packed)
      expect(await points()).toEqual(before)
    })

    it('lets others write while it packs', async () => {
      await history.append(M, Array.from({ length: 64 }, (_, index) => measured(web(`i-${index}`), regular(START, 288))))
      const order: string[] = []
      await Promise.all([history.maintain({ now: START + 2 * DAY }).then(() => order.push('packed')), ...[1, 2, 3].map(async (index) => history.append(M, [measured(a, [[START + index, index]])]).then(() => order.push('written')))])
      expect(order).toEqual(['written', 'written', 'written', 'packed'])
    })

    it('lets everything else have its turn after each day that it packs', async () => {
      await history.append(M, Array.from({ length: 64 }, (_, index) => measured(web(`i-${index}`), regular(START, 288))))
      const packed = new AbortController()
      let turns = 0
      const others = (async () => {
        for (; !packed.signal.aborted; turns++) await nextTurn()
      })()
      await history.maintain({ now: START + 2 * DAY })
      packed.abort()
      await others
      expect(turns).toBeGreaterThanOrEqual(64)
    })

    /** The database, but a step is taken before each of its transactions. */
    const interrupted = (step: (transaction: number) => Promise<void>): Database => {
      let count = 0
      return {
        ...database,
        async transaction(work) {
          await step(count++)
          return database.transaction(work)
        },
      }
    }

    it('loses no point that comes while it packs, wherever it is', LONG, async () => {
      for (let at = 0, came = true; came; at++) {
        came = false
        await wipe()
        await history.append(M, [measured(a, regular(START, 300)), measured(b, regular(START + PERIOD, 20))])
        const packing = historyStore(
          interrupted(async (transaction) => {
            if (transaction !== at) return
            came = true
            await history.append(M, [measured(a, [[START + 3 * PERIOD, -3], [START + 3 * PERIOD + 1, -4], [START + 299 * PERIOD, -5]])])
          }),
          { clock, retention },
        )
        await packing.maintain({ now: START + 2 * DAY - 1 })
        const expected = new Map([...regular(START, 300), ...(came ? ([[START + 3 * PERIOD, -3], [START + 3 * PERIOD + 1, -4], [START + 299 * PERIOD, -5]] as const) : [])])
        expect((await points())['a cpu']).toEqual([...expected].sort(([one], [other]) => one - other))
        await history.maintain({ now: START + 9 * DAY })
        expect((await points())['a cpu']).toEqual([...expected].sort(([one], [other]) => one - other))
        expect(await rows('batches')).toBe(0)
        if (!came) expect(at).toBeGreaterThan(5)
      }
    })

    it.each([['of whole batches', 288], ['of part of a batch', 300]])('counts no point twice when two processes pack at once, wherever they meet: days %s', LONG, async (_, count) => {
      const elsewhere = await connect()
      for (let at = 0, met = true; met; at++) {
        met = false
        await wipe()
        const second = historyStore(elsewhere, { clock, retention })
        await history.append(M, [measured(a, regular(START, count)), measured(b, regular(START, count))])
        const before = await points()
        const first = historyStore(
          interrupted(async (transaction) => {
            if (transaction !== at) return
            met = true
            await second.maintain({ now: START + 2 * DAY - 1 })
            await second.append(M, [measured(a, [[START + 1, -1]])])
            await second.maintain({ now: START + 2 * DAY - 1 })
          }),
          { clock, retention },
        )
        const result = await first.maintain({ now: START + 2 * DAY - 1 })
        expect(result.finished).toBe(true)
        const after = await points()
        expect(after['b cpu']).toEqual(before['b cpu'])
        expect(after['a cpu']?.length).toBe(met ? count + 1 : count)
        const series = await history.series()
        const rollups = await history.rollups({ series: series.map(({ id }) => id), from: START, until: START + 2 * DAY, step: 'all' })
        expect(rollups.map(({ rollups: [one] }) => one?.count)).toEqual([met ? count + 1 : count, count])
        await expectDaysOfHours()
      }
    })

    it('loses no late point when another process packs a part of the same batch', LONG, async () => {
      const elsewhere = await connect()
      for (let at = 0, met = true; met; at++) {
        met = false
        await wipe()
        await history.append(M, [measured(a, [0, 1, 2, 3, 4, 5].map((day) => [START + day * DAY, day] as const))])
        const first = historyStore(
          interrupted(async (transaction) => {
            if (transaction !== at) return
            met = true
            // More days of series than one step packs, so that the other process packs four days and stops.
            const days = Array.from({ length: 5 }, (_, day) => [START + day * DAY + MINUTE, 100 + day] as const)
            await history.append(M, [measured(a, days), ...Array.from({ length: 60 }, (_, index) => measured(web(`i-${index}`), days))])
            const stop = new AbortController()
            const oneStep: Database = { ...elsewhere, transaction: (work) => elsewhere.transaction(work).finally(async () => ((await rows('chunks')) > 0 ? stop.abort() : undefined)) }
            await historyStore(oneStep, { clock, retention }).maintain({ now: START + 7 * DAY, signal: stop.signal })
          }),
          { clock, retention },
        )
        await first.maintain({ now: START + 7 * DAY })
        await history.maintain({ now: START + 7 * DAY })
        const values = ((await points())['a cpu'] ?? []).map(([, value]) => value)
        await expectDaysOfHours()
        expect(values).toEqual(met ? [0, 100, 1, 101, 2, 102, 3, 103, 4, 104, 5] : [0, 1, 2, 3, 4, 5])
      }
    })

    it('is whole after it broke off at any statement', LONG, async () => {
      const breaking = (at: number): Database => {
        let count = 0
        return {
          ...database,
          transaction: (work) =>
            database.transaction((db) =>
              work(
                db.withPlugin({
                  transformQuery: ({ node }) => node,
                  async transformResult({ result }) {
                    if (count++ === at) throw new Error('broken off')
                    return result
                  },
                }),
              ),
            ),
        }
      }
      for (let at = 0, broke = true; broke; at++) {
        await wipe()
        const model = new Map([...regular(START, 300), [START + 2 * PERIOD, 77]] as const)
        const expected = { 'a cpu': [...model], 'b cpu': [[START, 1]] }
        const steps = (store: HistoryStore) => [
          () => store.append(M, [measured(a, regular(START, 300)), measured(b, [[START, 1]])]),
          () => store.maintain({ now: START + DAY + 3 * HOUR }),
          () => store.append(M, [measured(a, [[START + 2 * PERIOD, 77]])]),
          () => store.maintain({ now: START + 2 * DAY }),
        ]
        broke = false
        const store = historyStore(breaking(at), { clock, retention })
        for (const step of steps(store)) {
          await step().catch(async (error: unknown) => {
            expect(String(error)).toContain('broken off')
            broke = true
            // A program that starts again after a crash does the step once more.
            await step()
          })
        }
        expect(await points()).toEqual(expected)
        await history.maintain({ now: START + 10 * DAY })
        expect(await points()).toEqual(expected)
        expect(await rows('batches')).toBe(0)
        await expectDaysOfHours()
        if (!broke) expect(at).toBeGreaterThan(25)
      }
    })

    const wipe = async (): Promise<void> => {
      for (const table of ['batches', 'chunks', 'rollups', 'days', 'series', 'resources', 'sequences'] as const) await database.db.deleteFrom(table).execute()
      history = historyStore(database, { clock, retention })
    }

    it('agrees with a plain map of points, whatever happens in whatever order', LONG, async () => {
      const resource = fc.constantFrom('a', 'b', 'c')
      const point = fc.tuple(fc.integer({ min: 0, max: 5 * 24 * 60 }), fc.oneof(fc.integer({ min: -9, max: 99 }), fc.constantFrom(NaN, Infinity)))
      const append = fc.record({ resource, points: fc.uniqueArray(point, { selector: ([minute]) => minute, maxLength: 40 }) })
      const step = fc.oneof({ weight: 5, arbitrary: append }, fc.record({ maintainAt: fc.integer({ min: 0, max: 7 }) }), fc.constant('restart' as const))
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          await wipe()
          const model = new Map<string, Map<number, number>>()
          for (const step of steps) {
            if (step === 'restart') history = historyStore(database, { clock, retention })
            else if ('maintainAt' in step) await history.maintain({ now: START + step.maintainAt * DAY + 5 * HOUR })
            else {
              const sorted = step.points.map(([minute, value]) => [START + minute * MINUTE, value] as const).sort(([one], [other]) => one - other)
              await history.append(M, [measured(web(step.resource), sorted)])
              const own = model.get(`${step.resource} cpu`) ?? new Map<number, number>()
              for (const [time, value] of sorted) if (!Number.isNaN(value)) own.set(time, value)
              if (own.size > 0) model.set(`${step.resource} cpu`, own)
            }
          }
          const sorted = (own: ReadonlyMap<number, number>) => [...own].sort(([one], [other]) => one - other)
          expect(await points()).toEqual(Object.fromEntries([...model].map(([name, own]) => [name, sorted(own)])))
          const series = await history.series()
          for (const steps of [{ step: 'day' }, { step: 'all' }, { step: 'all', timeZone: 'Europe/Berlin', from: START - HOUR }, { step: 'day', timeZone: 'America/New_York' }] as const) {
            for (const { series: id, rollups } of await history.rollups({ series: series.map(({ id }) => id), from: START, until: START + 6 * DAY, ...steps })) {
              const own = sorted(model.get(nameOf(series.find((one) => one.id === id))) ?? new Map())
              for (const { from, until, count, min, max, minAt, mean } of rollups) {
                const within = own.filter(([time]) => time >= from && time < until)
                const values = within.map(([, value]) => value)
                expect([count, min, max]).toEqual([values.length, ...(values.length === 0 ? [NaN, NaN] : [Math.min(...values), Math.max(...values)])])
                expect(minAt).toBe(within.find(([, value]) => value === min)?.[0] ?? NaN)
                const finite = values.filter(Number.isFinite)
                if (finite.length > 0) expect(mean).toBeCloseTo(finite.reduce((sum, value) => sum + value) / finite.length, 9)
              }
            }
          }
          await expectDaysOfHours()
        }),
        { numRuns: 40 },
      )
    })
  })
}

let folder: string
let file = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-history-'))
})
afterAll(() => rm(folder, { recursive: true }))

historyContract('SQLite', { open: () => openSqlite(join(folder, `${file}.sqlite`)), renew: async () => void file++ })

describe.skipIf(WITHOUT_POSTGRES)('with a server', () => {
  let postgres: Postgres
  let url: string
  beforeAll(async () => {
    postgres = await startPostgres()
  }, 120_000)
  afterAll(() => postgres?.stop())

  historyContract('PostgreSQL', {
    open: () => openPostgres(url),
    renew: async () => {
      url = await postgres.emptyDatabase()
    },
  })
})

it.each([{ raw: DAY }, { raw: 20 * DAY, rollups: 10 * DAY }, { gone: DAY }, { raw: NaN }])('refuses to keep history as short as %j', async (retention) => {
  await expect(openSqliteStore(':memory:', { retention })).rejects.toMatchObject({ code: 'E103' })
})

it('is part of the store', async () => {
  const store = await openSqliteStore(':memory:', { retention: { raw: 20 * DAY } })
  await store.history?.append(M, [measured(web('a'), [[START, 1]])])
  await store.history?.maintain({ now: START + 19 * DAY })
  expect((await store.history?.points({ series: [1], from: 0, until: Infinity }))?.length).toBe(1)
  await store.close()
})
