import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TocsinError } from '../errors.ts'
import { defineRecorder } from '../plugin/define-recorder.ts'
import type { Recording } from '../plugin/recorder.ts'
import { runOnce } from '../run.ts'
import { memoryStore } from '../store/memory-store.ts'
import { aResource } from '../testing/builders.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { fleetMonitor, inboxes } from '../testing/fleet.ts'
import { testServices } from '../testing/services.ts'
import type { Observation } from './cycle-result.ts'
import { createRecordings, type RecordReport } from './recording.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const never = new AbortController().signal
const tape = defineRecorder({ name: 'tape', options: z.object({ write: z.custom<(recording: Recording, signal: AbortSignal) => Promise<void>>() }), create: ({ write }) => ({ record: (recording, { signal }) => write(recording, signal) }) })
const observation = (value: number): Observation => ({ resource: aResource(), rule: 'ec2.cpu', metric: 'cpu', unit: 'percent', dimensions: {}, at: 7, value, level: 'none', phase: 'inactive', health: 'ok' })
const cycle = (at: number, ...values: number[]) => ({ monitor: 'main', at, observations: values.map(observation) })

let clock: FakeClock
let written: Recording[]
let reports: RecordReport[]
beforeEach(() => {
  clock = new FakeClock()
  written = []
  reports = []
})
const recordings = (sinks: Parameters<typeof createRecordings>[0]) => createRecordings(sinks, testServices(clock), (report) => reports.push(report))
const keep = async (recording: Recording): Promise<void> => void written.push(recording)

it('keeps the newest value of every series, and none where there is none', async () => {
  const kept = recordings({ local: tape({ write: keep }) })
  kept.offer(cycle(0, 91, NaN), never)
  await kept.idle()
  expect(written).toEqual([{ monitor: 'main', at: 0, samples: [{ resource: aResource(), rule: 'ec2.cpu', metric: 'cpu', unit: 'percent', dimensions: {}, at: 7, value: 91, level: 'none' }] }])
  expect(reports).toEqual([{ recorder: 'local' }])
})

it('records no more often than it is asked to', async () => {
  const kept = recordings({ often: tape({ write: keep }), seldom: tape({ write: keep, every: '5m' }) })
  for (const minute of [0, 0.5, 1, 2, 4, 5]) {
    kept.offer(cycle(minute * MINUTE, 1), never)
    await kept.idle()
  }
  expect(reports.map(({ recorder }) => recorder).join(' ')).toBe('often seldom often often often often seldom')
})

it('goes on when the clock is set back', async () => {
  const kept = recordings({ often: tape({ write: keep }) })
  for (const minute of [60, 1, 1.5, 2]) {
    kept.offer(cycle(minute * MINUTE, 1), never)
    await kept.idle()
  }
  expect(written.map(({ at }) => at / MINUTE)).toEqual([60, 1, 2])
})

it('leaves a cycle out while a recorder is busy, and gives it up in time', async () => {
  const kept = recordings({ slow: tape({ write: (recording, signal) => new Promise((resolve) => (written.push(recording), signal.addEventListener('abort', () => resolve()))) }), quick: tape({ write: keep }) })
  kept.offer(cycle(0, 1), never)
  kept.offer(cycle(MINUTE, 1), never)
  expect(written.map(({ at }) => at)).toEqual([0, 0])
  await clock.advance(30 * SECOND)
  await kept.idle()
  expect(reports).toEqual([{ recorder: 'quick' }, { recorder: 'slow', error: expect.objectContaining({ code: 'E701', where: 'record.slow' }) }])
  kept.offer(cycle(2 * MINUTE, 1), never)
  expect(written.map(({ at }) => at)).toEqual([0, 0, 2 * MINUTE, 2 * MINUTE])
})

it('says nothing of what a stop cut off', async () => {
  const stop = new AbortController()
  const kept = recordings({ slow: tape({ write: (_recording, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))) }) })
  kept.offer(cycle(0, 1), stop.signal)
  stop.abort()
  await kept.idle()
  expect(reports).toEqual([])
})

describe('in a monitor', () => {
  const monitor = (write: (recording: Recording) => Promise<void>) => fleetMonitor({ notify: inboxes('ops'), record: { local: tape({ write }) } })
  const queued = async (store: ReturnType<typeof memoryStore>) => (await store.transaction((tx) => tx.outbox.list('main'))).map(({ notification }) => notification.alerts.map(({ subject, change, reason }) => `${subject.rule} ${subject.resource.name} ${change} ${reason}`)).flat()

  it('is told of by an alert when it fails for good, and when it works again', async () => {
    const store = memoryStore()
    const { limiter } = testServices()
    const pass = async (write: (recording: Recording) => Promise<void>, options = {}) => {
      const running = runOnce(monitor(write), { clock, limiter, store, random: () => 0, ...options })
      await clock.advance(SECOND)
      await running
      await clock.advance(MINUTE)
    }
    const denied = new TocsinError('E201', 'access denied: s3:PutObject', { where: 'logs', fix: 'allow it', permanent: true })
    await pass(() => Promise.reject(denied), { dryRun: true })
    expect(await queued(store)).toEqual([])
    await pass(() => Promise.reject(denied))
    await pass(keep)
    expect(await queued(store)).toEqual(['tocsin.recorder local new E201 access denied: s3:PutObject · logs · allow it', 'tocsin.recorder local resolved works again'])
  })

  it('is refused with what is wrong with it, at its place', () => {
    const seldom = tape({ write: keep, every: 'often' })
    expect(() => fleetMonitor({ record: { local: seldom } })).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ code: 'E104' })] }))
  })
})
