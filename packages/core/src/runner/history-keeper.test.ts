import { beforeEach, expect, it } from 'vitest'
import { TocsinError } from '../errors.ts'
import type { Series } from '../model/series.ts'
import type { HistoryStore, MeasuredSeries } from '../store/history.ts'
import { aResource, aSeries } from '../testing/builders.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { fleetMonitor } from '../testing/fleet.ts'
import { testServices } from '../testing/services.ts'
import type { Collected } from './collect.ts'
import { createHistoryKeeper } from './history-keeper.ts'

const monitor = fleetMonitor()
const web1 = aResource({ id: 'web-1', name: 'web-1' })
let appended: MeasuredSeries[][]
let gone: string[]
let fails: boolean
let tidied: number
let clock: FakeClock
beforeEach(() => {
  appended = []
  gone = []
  fails = false
  tidied = 0
  clock = new FakeClock()
})
const history: Pick<HistoryStore, 'append' | 'markGone' | 'maintain'> = {
  async append(_monitor, measured) {
    if (fails) throw new Error('the disk is full')
    appended.push([...measured])
  },
  async markGone(_monitor, resources) {
    gone.push(...resources.map(({ id }) => id))
  },
  async maintain() {
    tidied += 1
    if (fails) throw new Error('the disk is full')
    return { packed: 0, tooLate: 0, finished: true }
  },
}
// What is not used here would be a mistake to call.
const keeper = () => createHistoryKeeper(monitor, history as HistoryStore, testServices(clock))
const collected = (series: Series[], failures: Collected['failures'] = []): Collected[] => monitor.watch.map((watch) => ({ watch, series, failures }))
const times = (times: number[], settledUntil: number, over: Partial<Series> = {}): Series =>
  aSeries([], { resource: web1, timestamps: Float64Array.from(times), values: Float64Array.from(times, () => 20), settledUntil, ...over })
const kept = () => appended.map((batch) => batch.map(({ unit, series }) => `${series.resource.id} ${series.metric} ${unit}: ${[...series.timestamps].join(' ')}`).join(', '))

it('keeps each point once, and again while it may still change', async () => {
  const { keep, idle } = keeperOf()
  keep(collected([times([1, 2, 3], 3)]), 3)
  await idle()
  keep(collected([times([1, 2, 3, 4], 4)]), 4)
  await idle()
  keep(collected([times([3, 4], 5)]), 5)
  await idle()
  keep(collected([times([3, 4], 5)]), 6)
  await idle()
  expect(kept()).toEqual(['web-1 cpu percent: 1 2 3', 'web-1 cpu percent: 3 4', 'web-1 cpu percent: 4'])
})

it('keeps points of a clock that was set back, but not those of a source that answers late', async () => {
  const { keep, idle } = keeperOf()
  for (const [time, settledUntil, at] of [[60, 61, 60], [1, 2, 1], [2, 3, 2], [2, 3, 2.5], [2, 1, 3]] as const) {
    keep(collected([times([time], settledUntil)]), at)
    await idle()
  }
  expect(kept()).toEqual(['web-1 cpu percent: 60', 'web-1 cpu percent: 1', 'web-1 cpu percent: 2'])
})

it('tells series apart by their resource, metric and labels', async () => {
  const { keep, idle } = keeperOf()
  keep(collected([times([1], 2), times([1], 2, { metric: 'disk', labels: { mount: '/' } }), times([1], 2, { metric: 'disk', labels: { mount: '/var' } })]), 1)
  await idle()
  expect(kept()).toEqual(['web-1 cpu percent: 1, web-1 disk percent: 1, web-1 disk percent: 1'])
})

it('notes a resource as gone when its source answers without it, as often as alerts wait for that', async () => {
  const { keep, idle } = keeperOf()
  keep(collected([times([1], 2)]), 1)
  keep(collected([], [{ collector: 'fleet', scope: {}, error: new TocsinError('E205', 'no answer', { fix: 'wait' }) }]), 2)
  keep(collected([]), 3)
  await idle()
  expect(gone).toEqual([])
  keep(collected([]), 4)
  await idle()
  keep(collected([]), 5)
  await idle()
  expect(gone).toEqual(['web-1'])
})

it('begins anew with a resource that was gone', async () => {
  const { keep, idle } = keeperOf()
  const { staleAfter } = monitor
  keep(collected([times([1, 2], 3)]), 3)
  for (let cycle = 0; cycle < staleAfter; cycle++) keep(collected([]), 4 + cycle)
  keep(collected([times([1, 2], 3)]), 60)
  await idle()
  expect(gone).toEqual(['web-1'])
  expect(kept()).toEqual(['web-1 cpu percent: 1 2', 'web-1 cpu percent: 1 2'])
})

it('keeps later what cannot be kept now, in order, and gives up the oldest after an hour of cycles', async () => {
  const { keep, idle } = keeperOf()
  fails = true
  for (let cycle = 1; cycle <= 62; cycle++) {
    keep(collected([times([cycle], cycle + 1)]), cycle)
    await idle()
  }
  fails = false
  keep(collected([times([63], 64)]), 63)
  await idle()
  expect(appended.length).toBe(60)
  expect(kept()[0]).toBe('web-1 cpu percent: 4')
  expect(kept().at(-1)).toBe('web-1 cpu percent: 63')
})

it('packs every hour, also after it failed', async () => {
  const stop = new AbortController()
  fails = true
  const maintaining = keeper().maintain(stop.signal)
  await clock.advance(2 * 3_600_000)
  expect(tidied).toBe(3)
  stop.abort()
  await maintaining
})

function keeperOf() {
  const made = keeper()
  return { keep: (...args: Parameters<typeof made.keep>) => made.keep(...args), idle: () => made.idle() }
}
