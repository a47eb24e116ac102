import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defineMonitor } from '../config/monitor.ts'
import { TocsinError } from '../errors.ts'
import type { CollectorPast, CollectorPastPart, PastRange } from '../plugin/collector.ts'
import { defineCollector } from '../plugin/define-collector.ts'
import type { RuleOptions } from '../plugin/rule.ts'
import { aResource, aSeries } from '../testing/builders.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { inboxes, line } from '../testing/fleet.ts'
import { backtest } from './backtest.ts'
import { offerPast } from './offer-past.ts'
import type { PastSource, PastWindow } from './past-window.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const NOW = 100 * DAY

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tocsin-offer-'))
})
afterEach(() => rm(folder, { recursive: true }))

interface Given {
  readonly past?: (range: PastRange) => Promise<Partial<CollectorPast<'cpu'>>> | Partial<CollectorPast<'cpu'>>
  readonly onClose?: () => void
}

function monitorOf(...given: readonly Given[]) {
  return monitorWith({}, ...given)
}

function monitorWith(rule: RuleOptions, ...given: readonly Given[]) {
  const watch = given.map(({ past, onClose }, index) => {
    const collector = defineCollector({
      name: `source${index}`,
      metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' } },
      create: () => ({
        async *collect() {
          yield* []
        },
        ...(past === undefined ? {} : { history: async (_wanted: ReadonlySet<'cpu'>, range: PastRange) => ({ series: 1, calls: 1, dollars: 0.01, read: async function* () {}, ...(await past(range)) }) }),
        ...(onClose === undefined ? {} : { close: async () => onClose() }),
      }),
    })
    return collector({ cpu: line({ flapping: false, ...rule }) })
  })
  return defineMonitor({ watch, notify: inboxes('ops') })
}

/** Some minutes of one machine, as a function of the minute. */
function part(name: string, from: number, until: number, value: (minute: number) => number | undefined, period = 1): CollectorPastPart<'cpu'> {
  const minutes = Array.from({ length: Math.ceil((until - from) / period) }, (_, index) => from + index * period).filter((minute) => value(minute) !== undefined)
  const series = aSeries([], { resource: aResource({ id: name, name, type: 'source0', tags: {} }), metric: 'cpu', period: period * MINUTE, timestamps: Float64Array.from(minutes, (minute) => minute * MINUTE), values: Float64Array.from(minutes, (minute) => value(minute) ?? NaN), settledUntil: until * MINUTE })
  return { series, from: from * MINUTE, until: until * MINUTE } as CollectorPastPart<'cpu'>
}

const options = (days: number) => ({ from: 0, until: days * DAY, clock: new FakeClock(NOW), signal: new AbortController().signal })

async function collected(source: PastSource, only?: ReadonlySet<string>): Promise<PastWindow[]> {
  const windows: PastWindow[] = []
  for await (const window of source.windows(only)) windows.push({ ...window, series: [...window.series] })
  return windows
}

const wave = (minute: number): number => (minute % 700 < 20 ? 95 : 20)

describe('the past of the sources', () => {
  it('is said to cost what all of them say, and which keep none', async () => {
    let read = 0
    const half = { series: 3, calls: 2, dollars: 0.25, read: async function* () { read++ } }
    const offer = await offerPast(monitorOf({ past: () => half }, {}, { past: () => half }), options(1))
    expect(offer).toMatchObject({ series: 6, calls: 4, dollars: 0.5, without: ['source1'] })
    expect(read).toBe(0)
    await offer.close()
  })

  it('is asked for the range, and goes through the engine as if it had come in windows of its own', async () => {
    const asked: PastRange[] = []
    const a = part('a', 0, 3 * 1_440, wave)
    const b = part('b', 1_000, 3 * 1_440, (minute) => (minute > 2_000 && minute < 2_010 ? undefined : wave(minute + 300)))
    const monitor = monitorOf({ past: (range) => (asked.push(range), { read: async function* () { yield* [a, b] } }) })
    const offer = await offerPast(monitor, options(3))
    const source = await offer.read(join(folder, 'points'))
    const result = await backtest(monitor, { windows: source.windows() })
    expect(asked).toEqual([{ from: 0, until: 3 * DAY }])
    expect((await stat(join(folder, 'points'))).size).toBe(16 * result.points)
    const whole = await backtest(monitor, { windows: [{ from: 0, until: 3 * DAY, series: [{ rule: 'source0.cpu', series: a.series }, { rule: 'source0.cpu', series: b.series, knownFrom: 1_000 * MINUTE }] }] })
    expect(result.points).toBe(3 * 1_440 + (3 * 1_440 - 1_000 - 9))
    expect(result.transitions.filter(({ kind }) => kind === 'fired').length).toBeGreaterThan(8)
    expect(result.transitions.toSorted((x, y) => x.at - y.at || (x.fingerprint < y.fingerprint ? -1 : 1))).toEqual(whole.transitions.toSorted((x, y) => x.at - y.at || (x.fingerprint < y.fingerprint ? -1 : 1)))
    expect(result.notifications.length).toBe(whole.notifications.length)
    await source.close()
    await offer.close()
  })

  it('can be read again and again, all of it or some resources, and says how far it is', async () => {
    const offer = await offerPast(monitorOf({ past: () => ({ read: async function* () { yield* [part('a', 0, 2_000, wave), part('b', 0, 2_000, wave)] } }) }), options(2))
    const source = await offer.read(join(folder, 'points'))
    const [first, again] = [await collected(source), await collected(source)]
    expect(again).toEqual(first)
    expect(first.map(({ from, until, series }) => [from / DAY, until / DAY, [...series].map((one) => one.series.timestamps.length)])).toEqual([[0, 1, [1_440, 1_440]], [1, 2, [560, 560]]])
    expect((await collected(source, new Set(['b']))).flatMap(({ series }) => [...series].map((one) => one.series.resource.name))).toEqual(['b', 'b'])
    expect(source.progress()).toBe(1)
    await source.close()
    await offer.close()
  })

  it('joins parts of one series that differ in their period, without a gap between them', async () => {
    const monitor = monitorWith({ missing: 'breaching' }, { past: () => ({ read: async function* () { yield* [part('a', 0, 1_000, () => 20, 5), part('a', 1_000, 1_440, (minute) => (minute < 1_010 ? undefined : 20)), part('c', 0, 1_000, () => undefined, 5), part('c', 1_000, 1_440, () => 20)] } }) })
    const offer = await offerPast(monitor, options(1))
    const source = await offer.read(join(folder, 'points'))
    const [window] = await collected(source)
    expect([...(window?.series ?? [])].map(({ series, knownFrom, knownUntil }) => [series.resource.name, series.period / MINUTE, (knownFrom ?? NaN) / MINUTE, knownUntil === undefined ? undefined : knownUntil / MINUTE])).toEqual([
      ['a', 5, 0, 1_000],
      // The second part is known from its beginning: its first ten minutes are missing.
      ['a', 1, 1_000, undefined],
      ['c', 1, 1_000, undefined],
    ])
    const { alerts, points, transitions } = await backtest(monitor, { windows: source.windows() })
    expect(points).toBe(200 + 430 + 440)
    // Nothing is missing between the last five minutes of the first part and the first minute of the second.
    expect(transitions.map(({ kind, at }) => [kind, at / MINUTE])).toEqual([['fired', 1_000], ['resolved', 1_010]])
    expect([...alerts.values()].map(({ state }) => state.health)).toEqual(['ok', 'ok'])
    await source.close()
    await offer.close()
  })

  it('says how far reading is, over all sources', async () => {
    const halves = (calls: number): Given => ({ past: () => ({ calls, read: async function* (onProgress) { onProgress(0.5); onProgress(1); yield part('a', 0, 10, wave) } }) })
    const offer = await offerPast(monitorOf(halves(1), halves(3)), options(1))
    const shares: number[] = []
    const source = await offer.read(join(folder, 'points'), (share) => shares.push(share))
    expect(shares).toEqual([0.125, 0.25, 0.625, 1])
    await source.close()
    await offer.close()
  })

  it('is read from the others where one source fails, and closes all of them', async () => {
    const problems: string[] = []
    const closed: number[] = []
    const failing: Given = { past: () => Promise.reject(new TocsinError('E201', 'access denied: jobs:List', { fix: 'allow it' })), onClose: () => closed.push(0) }
    const offer = await offerPast(monitorOf(failing, { past: () => ({ series: 2 }), onClose: () => closed.push(1) }), { ...options(1), onProblem: (problem) => problems.push(String(problem)) })
    expect([offer.series, problems]).toEqual([2, ['E201 access denied: jobs:List · source0 · allow it']])
    await offer.close()
    expect(closed).toEqual([0, 1])
  })

  it('leaves nothing open when reading is stopped', async () => {
    const stopped = new Error('enough')
    const offer = await offerPast(monitorOf({ past: () => ({ read: async function* () { yield part('a', 0, 10, wave); throw stopped } }) }), options(1))
    await expect(offer.read(join(folder, 'points'))).rejects.toBe(stopped)
    expect(await readdir(folder)).toEqual(['points'])
    await offer.close()
  })
})
