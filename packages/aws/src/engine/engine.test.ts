import { getEventListeners } from 'node:events'
import type { Services, SharedKey } from '@tocsin/core'
import { FakeClock, testServices } from '@tocsin/core/testing'
import { type AwsStub, fault, output, startAwsStub, stubCloudWatch, stubMetricData, stubQueries, type StubQuery, throttled } from '@tocsin/dev-tools'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openSession } from '../session.ts'
import type { Target } from '../target.ts'
import { type Engine, type Seat, sharedEngine } from './engine.ts'
import type { MetricPoints, MetricQuery } from './metric-query.ts'
import type { Owner } from './owner.ts'

const MINUTE = 60_000
const START = Date.parse('2026-01-05T12:00:30Z')
const at = (time: string): number => Date.parse(`2026-01-05T${time}Z`)

let stub: AwsStub
let clock: FakeClock
let services: Services & { close(): Promise<void> }
let engine: Engine
let target: Target

beforeAll(async () => {
  stub = await startAwsStub()
  Object.assign(process.env, stub.env)
})
afterAll(() => stub.stop())
beforeEach(async () => {
  stub.reset()
  clock = new FakeClock(START)
  services = testServices(clock)
  engine = sharedEngine(services)
  target = await openSession(services, { maxAttempts: 1 }).target('us-west-2', AbortSignal.timeout(30_000))
  serve(() => 42)
})
afterEach(() => services.close())

/** Answers from now on with these values, and says which queries came, call by call. */
function serve(value: (query: StubQuery, at: number) => number | undefined): StubQuery[][] {
  const calls: StubQuery[][] = []
  const answer = stubMetricData(value, () => clock.now())
  stub.on('GetMetricData', (request) => {
    calls.push(stubQueries(request.input))
    return answer(request)
  })
  return calls
}

function query(instance: number | string = 1, over: Partial<MetricQuery> = {}): MetricQuery {
  return { namespace: 'AWS/EC2', metric: 'CPUUtilization', dimensions: { InstanceId: `i-${instance}` }, stat: 'Average', period: 60, settle: 120, ...over }
}
const queries = (count: number, from = 0): MetricQuery[] => Array.from({ length: count }, (_, index) => query(from + index))

/** Other services, with shared instances of their own. */
function isolated(others: Services): Services {
  const instances = new Map<SharedKey<unknown>, unknown>()
  const own: Services = {
    ...others,
    shared<T>(key: SharedKey<T>): T {
      if (!instances.has(key)) instances.set(key, key.create(own))
      return instances.get(key) as T
    },
  }
  return own
}

/** A seat that will ask of `target` alone. */
function join(signal: AbortSignal = new AbortController().signal, owner: Owner = { name: 'test' }): Seat {
  const seat = engine.join({ owner, now: clock.now(), interval: MINUTE, signal })
  seat.expect([target])
  return seat
}

/** One collector's cycle. */
async function ask(asked: readonly MetricQuery[], owner?: Owner): Promise<readonly MetricPoints[]> {
  const seat = join(new AbortController().signal, owner)
  try {
    return await seat.submit(target, asked)
  } finally {
    seat.leave()
  }
}
async function askOne(over: Partial<MetricQuery> = {}): Promise<MetricPoints> {
  const [points] = await ask([query(1, over)])
  if (!points) throw new Error('no answer')
  return points
}

describe('the query engine', () => {
  it('gives points by the start of their period, ascending, and says from when they may change', async () => {
    serve((_, time) => (time - at('00:00:00')) / MINUTE)
    const { timestamps, values, settledUntil, status } = await askOne()
    expect([...timestamps]).toEqual(['11:53:00', '11:54:00', '11:55:00', '11:56:00', '11:57:00', '11:58:00', '11:59:00'].map(at))
    expect([...values]).toEqual([713, 714, 715, 716, 717, 718, 719])
    // At 12:00:30 the minute that ended at 11:58 is the last that has been over for two minutes.
    expect(settledUntil).toBe(at('11:58:00'))
    expect(status).toBe('complete')
  })

  it('leaves out a period that is not over, where it shares a call with shorter ones', async () => {
    clock.set(at('12:07:30'))
    const calls = serve(() => 1)
    const [long, short] = await ask([query(1, { period: 300, settle: 300 }), query(2)])
    expect(calls).toHaveLength(1)
    expect(long?.timestamps.at(-1)).toBe(at('12:00:00'))
    expect(short?.timestamps.at(-1)).toBe(at('12:06:00'))
  })

  it('sorts what comes in any order, and takes the last of two values for one time', async () => {
    const times = ['11:57:00', '11:55:00', '11:58:00', '11:55:00'].map((time) => at(time) / 1_000)
    stub.on('GetMetricData', () => output({ MetricDataResults: [{ Id: 'q0', Label: 'x', Timestamps: times, Values: [3, 1, 4, 2], StatusCode: 'Complete' }] }))
    const { timestamps, values } = await askOne()
    expect([...timestamps]).toEqual(['11:55:00', '11:57:00', '11:58:00'].map(at))
    expect([...values]).toEqual([2, 3, 4])
  })

  it('joins the pages of an answer by id, whatever the labels', async () => {
    const result = (id: string, minute: number, status: string) => ({ Id: id, Label: 'same', Timestamps: [at(`11:${minute}:00`) / 1_000], Values: [minute], StatusCode: status })
    const pages = [
      { MetricDataResults: [result('q0', 55, 'PartialData'), result('q1', 56, 'Complete')], NextToken: 'two' },
      { MetricDataResults: [result('q0', 57, 'Complete')] },
    ]
    stub.on('GetMetricData', ({ input }) => output(pages[input['NextToken'] === 'two' ? 1 : 0] ?? {}))
    const [first, second] = await ask([query(1), query(2)])
    expect([first?.values, first?.status]).toEqual([Float64Array.of(55, 57), 'complete'])
    expect([second?.values, second?.status]).toEqual([Float64Array.of(56), 'complete'])
    expect(engine.usage).toMatchObject({ calls: 2, metrics: 2 })
  })

  it('reads every point of a metric that fills more than a page', async () => {
    clock.set(at('12:00:00') + 5 * 86_400_000)
    const [points] = await ask([query(1, { period: 1, settle: 1, lookBack: 10_000 }), ...Array.from({ length: 19 }, (_, index) => query(index + 2, { period: 1, settle: 1, lookBack: 10_000 }))])
    expect(points?.timestamps).toHaveLength(10_000)
    expect(stub.count('GetMetricData')).toBe(2)
  })
})

describe('calls and dollars', () => {
  it('asks for 1,200 metrics of three collectors in three calls', async () => {
    const calls = serve(() => 1)
    const seats = [join(), join(), join()]
    const answers = await Promise.all(seats.map((seat, index) => seat.submit(target, queries(400, index * 400))))
    expect(calls.map(({ length }) => length)).toEqual([500, 500, 200])
    expect(answers.map(({ length }) => length)).toEqual([400, 400, 400])
    expect(engine.usage).toMatchObject({ calls: 3, attempts: 3, metrics: 1_200, dollars: 0.012 })
  })

  it('asks once for what two collectors want, also when one comes while the other waits for the answer', async () => {
    const both = await Promise.all([join(), join()].map((seat) => seat.submit(target, [query()])))
    expect(engine.usage.metrics).toBe(1)
    expect(both[0]).toEqual(both[1])

    clock.set(START + MINUTE)
    const first = join()
    const early = first.submit(target, [query()])
    first.leave()
    const late = await ask([query()])
    expect(engine.usage.metrics).toBe(2)
    expect(await early).toEqual(late)
  })

  it('pays once for up to five statistics of a metric', async () => {
    await ask(['Average', 'Sum', 'Minimum', 'Maximum', 'p99'].map((stat) => query(1, { stat })))
    expect(engine.usage).toMatchObject({ calls: 1, metrics: 1 })
  })

  it('takes dimensions in any order for the same metric', async () => {
    await ask([query(1, { dimensions: { a: '1', b: '2' } }), query(1, { dimensions: { b: '2', a: '1' } })])
    expect(engine.usage.metrics).toBe(1)
  })

  it('polls a metric once a period, just when its newest point has settled, and answers from memory in between', async () => {
    const slow = query(1, { period: 300, settle: 120 })
    const polls: string[] = []
    for (let cycle = 0; cycle < 12; cycle++) {
      const before = engine.usage.metrics
      const [points] = await ask([slow])
      expect(points?.timestamps.length).toBeGreaterThan(4)
      if (engine.usage.metrics > before) polls.push(new Date(clock.now()).toISOString().slice(11, 16))
      clock.set(clock.now() + MINUTE)
    }
    expect(polls).toEqual(['12:00', '12:02', '12:07'])
  })

  it('polls on when the clock is set back', async () => {
    const polls: string[] = []
    for (const minute of [0, 1, -60, -60, -59, -58]) {
      clock.set(START + minute * MINUTE)
      const before = engine.usage.metrics
      await askOne()
      if (engine.usage.metrics > before) polls.push(new Date(clock.now()).toISOString().slice(11, 16))
    }
    expect(polls).toEqual(['12:00', '12:01', '11:00', '11:01', '11:02'])
  })

  it('polls less often where that is asked for', async () => {
    for (let cycle = 0; cycle < 10; cycle++) {
      await askOne({ every: 600, settle: 0 })
      clock.set(clock.now() + 2 * MINUTE)
    }
    expect(engine.usage.metrics).toBe(2)
  })

  it('never pads a call with what is not due', async () => {
    const calls = serve(() => 1)
    await ask([query(1, { period: 300 }), query(2)])
    clock.set(START + MINUTE)
    await ask([query(1, { period: 300 }), query(2)])
    expect(calls.map((asked) => asked.map(({ dimensions }) => dimensions['InstanceId']))).toEqual([['i-1', 'i-2'], ['i-2']])
  })
})

describe('what goes wrong', () => {
  it.each([
    { name: 'fail', status: 'error', answer: fault('InternalServiceFault', 'no', 500) },
    { name: 'are partial', status: 'partial', answer: output({ MetricDataResults: [{ Id: 'q0', Timestamps: [], Values: [], StatusCode: 'PartialData' }] }) },
  ])('loses no point when polls $name', async ({ status: expected, answer }) => {
    await askOne()
    const undo = stub.on('GetMetricData', () => answer)
    for (let cycle = 0; cycle < 30; cycle++) {
      clock.set(clock.now() + MINUTE)
      expect((await askOne()).status).toBe(expected)
    }
    undo()
    clock.set(clock.now() + MINUTE)
    const { timestamps, status, error } = await askOne()
    expect([status, error]).toEqual(['complete', undefined])
    expect(timestamps[0]).toBeLessThanOrEqual(at('11:58:00'))
    expect(timestamps.at(-1)).toBe(at('12:30:00'))
    expect(timestamps).toHaveLength((at('12:31:00') - (timestamps[0] ?? 0)) / MINUTE)
  })

  it('gives the points it has while CloudWatch does not answer, and says why', async () => {
    await askOne()
    stub.on('GetMetricData', () => fault('InternalServiceFault', 'no', 500))
    clock.set(START + MINUTE)
    const { timestamps, settledUntil, status, error } = await askOne()
    expect([timestamps.length, settledUntil, status, error?.code]).toEqual([7, at('11:58:00'), 'error', 'E205'])
  })

  it('keeps what it had beside what a partial answer brings, and says that it is partial', async () => {
    serve((_, time) => (time < at('11:58:00') ? 1 : undefined))
    await askOne()
    clock.set(START + MINUTE)
    stub.on('GetMetricData', () => output({ MetricDataResults: [{ Id: 'q0', Timestamps: [at('11:59:00') / 1_000], Values: [2], StatusCode: 'PartialData' }] }))
    const { status, timestamps, values } = await askOne()
    expect(status).toBe('partial')
    expect([...timestamps]).toEqual(['11:54:00', '11:55:00', '11:56:00', '11:57:00', '11:59:00'].map(at))
    expect(values.at(-1)).toBe(2)
  })

  it('asks again, twice at most, only for those that failed inside CloudWatch', async () => {
    const sizes: number[] = []
    /** How often each instance fails. */
    const failures = new Map([['i-3', 1], ['i-7', Infinity]])
    stub.on('GetMetricData', ({ input }) => {
      const asked = stubQueries(input)
      sizes.push(asked.length)
      const results = asked.map(({ id, dimensions }) => {
        const left = failures.get(dimensions['InstanceId'] ?? '') ?? 0
        failures.set(dimensions['InstanceId'] ?? '', left - 1)
        return left > 0 ? { Id: id, Timestamps: [], Values: [], StatusCode: 'InternalError' } : { Id: id, Timestamps: [at('11:58:00') / 1_000], Values: [1], StatusCode: 'Complete' }
      })
      return output({ MetricDataResults: results })
    })
    const answers = await ask(queries(10))
    expect(sizes).toEqual([10, 2, 1])
    expect(answers.flatMap(({ status }, index) => (status === 'complete' ? [] : [index]))).toEqual([7])
    expect(answers[7]?.error?.code).toBe('E205')
  })

  it('takes a query that no page mentions for one that failed', async () => {
    stub.on('GetMetricData', () => output({ MetricDataResults: [] }))
    expect(await askOne()).toMatchObject({ status: 'error' })
    expect(stub.count('GetMetricData')).toBe(3)
  })

  it('names the missing permission where CloudWatch says Forbidden', async () => {
    stub.on('GetMetricData', () => output({ MetricDataResults: [{ Id: 'q0', Timestamps: [], Values: [], StatusCode: 'Forbidden' }] }))
    const { error } = await askOne()
    expect([error?.code, error?.message]).toEqual(['E201', 'access denied: cloudwatch:GetMetricData'])
  })

  it('finds the one query that CloudWatch rejects: the other 499 are answered, and it is left out for an hour', async () => {
    const bad = (asked: readonly StubQuery[]): boolean => asked.some(({ dimensions }) => dimensions['InstanceId'] === 'i-123')
    const good = stubMetricData(() => 1, () => clock.now())
    stub.on('GetMetricData', (request) => (bad(stubQueries(request.input)) ? fault('ValidationError', 'a dimension is wrong') : good(request)))
    const answers = await ask(queries(500))
    expect(answers.filter(({ status }) => status === 'complete')).toHaveLength(499)
    expect(answers[123]).toMatchObject({ status: 'error', error: { code: 'E206' } })
    const needed = stub.count('GetMetricData')
    expect(needed).toBeLessThanOrEqual(19)

    clock.set(START + MINUTE)
    const again = await ask(queries(500))
    expect(stub.count('GetMetricData')).toBe(needed + 1)
    expect(again[123]).toMatchObject({ status: 'error', error: { code: 'E206' } })
    clock.set(START + 62 * MINUTE)
    await ask(queries(500))
    // Once for all others, once for the one that may still be bad.
    expect(stub.count('GetMetricData')).toBe(needed + 3)
  })

  it('finds many bad queries within some cycles, and what was bad costs no good one when it is tried again', async () => {
    const isBad = ({ dimensions }: StubQuery): boolean => Number(dimensions['InstanceId']?.slice(2)) % 20 === 7
    const good = stubMetricData(() => 1, () => clock.now())
    stub.on('GetMetricData', (request) => (stubQueries(request.input).some(isBad) ? fault('ValidationError', 'a dimension is wrong') : good(request)))
    const complete = async (): Promise<number> => (await ask(queries(500))).filter(({ status }) => status === 'complete').length
    const found: number[] = []
    for (let cycle = 0; cycle < 12; cycle++) {
      found.push(await complete())
      clock.set(clock.now() + MINUTE)
    }
    expect(found.slice(4)).toEqual(Array.from({ length: 8 }, () => 475))
    for (const minute of [58, 64, 65]) {
      clock.set(START + minute * MINUTE)
      expect(await complete()).toBe(475)
    }
  }, 20_000)

  it('does not ask a thousand times when everything is rejected', async () => {
    stub.on('GetMetricData', () => fault('ValidationError', 'all is wrong'))
    const answers = await ask(queries(500))
    expect(answers.every(({ status }) => status === 'error')).toBe(true)
    expect(stub.count('GetMetricData')).toBeLessThan(100)
  })
})

describe('an outage', () => {
  it('of half a day loses no point of a few metrics, and is read again in one call each', async () => {
    await ask(queries(3))
    const undo = stub.on('GetMetricData', () => fault('InternalServiceFault', 'no', 500))
    clock.set(START + MINUTE)
    await ask(queries(3))
    clock.set(START + 720 * MINUTE)
    undo()
    const calls = stub.count('GetMetricData')
    for (const { timestamps, status } of await ask(queries(3))) {
      expect(status).toBe('complete')
      expect(timestamps).toHaveLength(722)
      expect(timestamps.at(-1)).toBe(at('23:59:00'))
    }
    expect(stub.count('GetMetricData')).toBe(calls + 1)
  })

  it('is read again only as far as the quota allows in a cycle, and that is said', async () => {
    const warned: object[] = []
    const telling = { ...services, logger: { ...services.logger, warn: (fields: object) => void warned.push(fields) } }
    const many = (): MetricQuery[] => queries(4_000)
    engine = sharedEngine(isolated(telling))
    await ask(many())
    clock.set(START + 24 * 60 * MINUTE)
    const answers = await ask(many())
    // 25 s at 144,000 points a second are 900 minutes of 4,000 metrics.
    expect(warned).toEqual([expect.objectContaining({ region: 'us-west-2', metrics: 4_000, minutes: 900 })])
    expect(new Set(answers.map(({ timestamps }) => timestamps.length))).toEqual(new Set([900]))
  }, 30_000)
})

describe('an outage of an account with a quota of its own', () => {
  it('is read again as far as that quota allows', async () => {
    const warned: object[] = []
    const telling = isolated({ ...services, logger: { ...services.logger, warn: (fields: object) => void warned.push(fields) } })
    engine = sharedEngine(telling)
    target = await openSession(telling, { maxAttempts: 1, quotas: { 'cloudwatch:GetMetricData recent points': 1_440 } }).target('us-west-2', AbortSignal.timeout(30_000))
    await ask(queries(40))
    clock.set(START + 24 * 60 * MINUTE)
    const answers = await ask(queries(40))
    // 25 s at 1,152 points a second are 720 minutes of 40 metrics.
    expect(warned).toEqual([expect.objectContaining({ metrics: 40, minutes: 720 })])
    expect(new Set(answers.map(({ timestamps }) => timestamps.length))).toEqual(new Set([720]))
  })
})

describe('cycles that are hours apart', () => {
  it('lose no point to an outage, though the engine forgets what nobody asks for', async () => {
    const interval = 6 * 60 * MINUTE
    const owner = { name: 'rare' }
    const places = [target, await openSession(services, { maxAttempts: 1 }).target('us-east-1', AbortSignal.timeout(30_000))]
    /** One region after the other: the batch of the first sweeps while the second has not been asked for in hours. */
    const cycle = async (): Promise<MetricPoints | undefined> => {
      let last: MetricPoints | undefined
      for (const place of places) {
        const seat = engine.join({ owner, now: clock.now(), interval, signal: new AbortController().signal })
        seat.expect([place])
        last = (await seat.submit(place, [query(1, { lookBack: 22_000 })]))[0]
        seat.leave()
      }
      clock.set(clock.now() + interval)
      return last
    }
    await cycle()
    const undo = stub.on('GetMetricData', () => fault('InternalServiceFault', 'no', 500))
    await cycle()
    undo()
    expect((await cycle())?.timestamps[0]).toBeLessThanOrEqual(at('11:58:00'))
  })
})

describe('what comes back partial', () => {
  it('is asked for again, twice at most, and the others are not', async () => {
    const sizes: number[] = []
    const left = new Map([['i-3', 1], ['i-7', Infinity]])
    const service = stubCloudWatch({
      now: () => clock.now(),
      value: () => 1,
      status: ({ dimensions }) => {
        const instance = dimensions['InstanceId'] ?? ''
        const more = left.get(instance) ?? 0
        left.set(instance, more - 1)
        return more > 0 ? 'PartialData' : undefined
      },
    })
    stub.on('GetMetricData', (request) => (sizes.push(stubQueries(request.input).length), service.handlers.GetMetricData(request)))
    const answers = await ask(queries(10))
    expect(sizes).toEqual([10, 2, 1])
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, (_, index) => (index === 7 ? 'partial' : 'complete')))
    expect(engine.usage).toMatchObject({ calls: 3, metrics: service.billed.metrics })
  })
})

describe('what comes back with a gap', () => {
  const partial = (...times: string[]) => output({ MetricDataResults: [{ Id: 'q0', Timestamps: times.map((time) => at(time) / 1_000), Values: times.map(() => 2), StatusCode: 'PartialData' }] })

  it('is final up to the gap alone, until a complete answer closes it', async () => {
    await askOne()
    const undo = stub.on('GetMetricData', () => partial('11:58:00', '11:59:00', '12:01:00', '12:02:00'))
    clock.set(at('12:05:30'))
    expect(await askOne()).toMatchObject({ status: 'partial', settledUntil: at('12:00:00') })
    stub.on('GetMetricData', () => fault('InternalServiceFault', 'no', 500))
    clock.set(at('12:06:30'))
    expect(await askOne()).toMatchObject({ status: 'error', settledUntil: at('12:00:00') })
    undo()
    serve(() => 42)
    clock.set(at('12:07:30'))
    const { timestamps, settledUntil } = await askOne()
    expect(timestamps).toContain(at('12:00:00'))
    expect(settledUntil).toBe(at('12:05:00'))
  })

  it('is final where nothing is missing', async () => {
    await askOne()
    stub.on('GetMetricData', () => partial('11:58:00', '11:59:00', '12:00:00'))
    clock.set(at('12:02:30'))
    expect(await askOne()).toMatchObject({ status: 'partial', settledUntil: at('12:00:00') })
  })

  it('is final from its first point on where nothing was complete before', async () => {
    stub.on('GetMetricData', () => partial('11:55:00', '11:56:00'))
    expect(await askOne()).toMatchObject({ status: 'partial', settledUntil: at('11:57:00') })
    stub.on('GetMetricData', () => partial())
    expect((await ask([query(2)]))[0]).toMatchObject({ status: 'partial', settledUntil: 0 })
  })

  it('is kept when asking again fails', async () => {
    let calls = 0
    stub.on('GetMetricData', () => (calls++ === 0 ? partial('11:55:00', '11:56:00') : fault('InternalServiceFault', 'no', 500)))
    const { status, timestamps } = await askOne()
    expect([status, [...timestamps]]).toEqual(['partial', [at('11:55:00'), at('11:56:00')]])
  })
})

describe('a cycle that runs out of time after some of its calls', () => {
  const passing = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
  /** The second call of every poll hangs, and the cycle is stopped. */
  const cutShort = async (asked: readonly MetricQuery[], owner: Owner): Promise<void> => {
    const stop = new AbortController()
    const good = stubMetricData(() => 1, () => clock.now())
    const undo = stub.on('GetMetricData', (request) => (stubQueries(request.input).length === 500 ? good(request) : 'silence'))
    const before = stub.count('GetMetricData')
    const seat = join(stop.signal, owner)
    const answers = expect(seat.submit(target, asked)).rejects.toThrow()
    await vi.waitFor(() => expect(stub.count('GetMetricData')).toBe(before + 2))
    // The first call is answered, and the second one ends with the cycle.
    await passing(30)
    stop.abort()
    await answers
    await passing(10)
    seat.leave()
    undo()
  }

  it('loses none of the points that it was not given', async () => {
    const owner = { name: 'slow' }
    const asked = queries(501)
    await ask(asked, owner)
    for (let cycle = 0; cycle < 10; cycle++) {
      clock.set(clock.now() + MINUTE)
      await cutShort(asked, owner)
    }
    clock.set(clock.now() + MINUTE)
    for (const { timestamps, status } of await ask(asked, owner)) {
      expect(status).toBe('complete')
      expect(timestamps[0]).toBeLessThanOrEqual(at('11:58:00'))
      expect(timestamps).toHaveLength((at('12:11:00') - (timestamps[0] ?? 0)) / MINUTE)
    }
    // What everybody was given is not read again.
    clock.set(clock.now() + MINUTE)
    expect((await ask(asked, owner))[0]?.timestamps).toHaveLength(7)
  })
})

describe('a clock that is set back', () => {
  const day = 24 * 60 * MINUTE

  it('does not keep the engine from polling until it is there again', async () => {
    clock.set(START + day)
    await askOne()
    clock.set(START)
    const { timestamps, settledUntil } = await askOne()
    expect(stub.count('GetMetricData')).toBe(2)
    expect([timestamps.at(-1), settledUntil]).toEqual([at('11:59:00'), at('11:58:00')])
    await askOne()
    expect(stub.count('GetMetricData')).toBe(2)
  })

  it('ends what was to last for minutes', async () => {
    const rejects = stub.on('GetMetricData', () => fault('ValidationError', 'no'))
    clock.set(START + day)
    await ask([query(1)], { name: 'wrong' })
    rejects()
    const forbids = stub.on('GetMetricData', () => fault('AccessDeniedException', 'no'))
    const bad = { name: 'bad' }
    await ask([query(2)], bad)
    forbids()
    clock.set(START)
    expect((await ask([query(1)]))[0]?.status).toBe('complete')
    expect((await ask([query(2)], bad))[0]?.status).toBe('complete')
  })
})

describe('a rejection that names queries', () => {
  const none = (index: number): MetricQuery => query(index, { stat: index % 10 === 3 ? 'None' : 'Average' })

  it('costs one more call, and each bad query has its own reason', async () => {
    const answers = await ask(Array.from({ length: 40 }, (_, index) => none(index)))
    expect(stub.count('GetMetricData')).toBe(2)
    expect(answers.flatMap(({ status }, index) => (status === 'error' ? [index] : []))).toEqual([3, 13, 23, 33])
    expect(answers[13]?.error?.message).toBe('CloudWatch rejects a query: The value None for parameter MetricDataQueries.member.14.MetricStat.Stat is not a valid statistic.')
    // What was refused is not paid for.
    expect(engine.usage).toMatchObject({ calls: 2, metrics: 36 })
    clock.set(START + MINUTE)
    await ask(Array.from({ length: 40 }, (_, index) => none(index)))
    expect(stub.count('GetMetricData')).toBe(3)
  })

  it('asks no more when all are named', async () => {
    const answers = await ask([none(3), none(13)])
    expect(answers.map(({ error }) => error?.code)).toEqual(['E206', 'E206'])
    expect(stub.count('GetMetricData')).toBe(1)
  })
})

describe('an owner that is forbidden what it asks', () => {
  const [good, bad] = [{ name: 'good' }, { name: 'bad' }]
  const forbid = (): void => {
    const service = stubCloudWatch({ now: () => clock.now(), value: () => 1, status: ({ namespace }) => (namespace === 'Secret' ? 'Forbidden' : undefined) })
    stub.use(service.handlers)
  }
  const secret = [query(1, { namespace: 'Secret' }), query(2)]

  it('asks no more for five minutes, and says why each time; others go on', async () => {
    forbid()
    expect((await ask(secret, bad)).map(({ error }) => error?.code)).toEqual(['E201', undefined])
    clock.set(START + MINUTE)
    const calls = stub.count('GetMetricData')
    expect((await ask(secret, bad)).map(({ error, status }) => [error?.code, status])).toEqual([['E201', 'error'], ['E201', 'error']])
    expect(stub.count('GetMetricData')).toBe(calls)
    expect((await ask([query(2)], good)).map(({ status }) => status)).toEqual(['complete'])
  })

  it('is asked for again after that, and works as soon as it may', async () => {
    forbid()
    await ask(secret, bad)
    clock.set(START + 5 * MINUTE)
    serve(() => 1)
    expect((await ask(secret, bad)).map(({ status }) => status)).toEqual(['complete', 'complete'])
  })
})

describe('what each owner costs', () => {
  it('is its own, and its part of what it shares', async () => {
    const [one, two] = [{ name: 'ec2' }, { name: 'ec2' }]
    const seats = [join(undefined, one), join(undefined, two)]
    await Promise.all([seats[0]?.submit(target, queries(30)), seats[1]?.submit(target, queries(20, 20))])
    // Ten are shared: 20 and a half of ten, 10 and a half of ten. Of the one call three eighths belong to the second.
    const { owners, ...total } = engine.usage
    expect(total).toEqual({ calls: 1, attempts: 1, metrics: 40, dollars: 0.0004 })
    expect(owners).toEqual([
      { owner: 'ec2', calls: expect.closeTo(0.625), attempts: expect.closeTo(0.625), metrics: 25, dollars: 0.00025 },
      { owner: 'ec2 (2)', calls: expect.closeTo(0.375), attempts: expect.closeTo(0.375), metrics: 15, dollars: expect.closeTo(0.00015) },
    ])
  })

  it('counts what was sent again', async () => {
    target = await openSession(services, { maxAttempts: 3 }).target('us-west-2', AbortSignal.timeout(30_000))
    let failing = 2
    stub.on('GetMetricData', () => (failing-- > 0 ? fault('InternalServiceFault', 'no', 500) : undefined))
    await askOne()
    expect(engine.usage).toMatchObject({ calls: 1, attempts: 3, metrics: 1 })
    failing = Infinity
    clock.set(START + MINUTE)
    await askOne()
    expect(engine.usage).toMatchObject({ calls: 2, attempts: 6, metrics: 1 })
  })

  it('polls as often as the hastiest, for as long as that one asks', async () => {
    const [slow, hasty] = [{ name: 'slow' }, { name: 'hasty' }]
    const polls = async (cycles: number, owners: readonly (readonly [Owner, number])[]): Promise<number> => {
      const before = engine.usage.metrics
      for (let cycle = 0; cycle < cycles; cycle++) {
        clock.set(clock.now() + MINUTE)
        const seats = owners.map(([owner]) => join(undefined, owner))
        await Promise.all(owners.map(async ([, every], index) => seats[index]?.submit(target, [query(1, { every, settle: 0 })])))
        for (const seat of seats) seat.leave()
      }
      return engine.usage.metrics - before
    }
    expect(await polls(10, [[slow, 300], [hasty, 60]])).toBe(10)
    clock.set(clock.now() + 61 * MINUTE)
    expect(await polls(10, [[slow, 300]])).toBe(3)
  })
})

describe('maxUsdPerMonth', () => {
  const poll = async (cycles: number, asked: readonly MetricQuery[], owner: Owner): Promise<number[]> => {
    const metrics: number[] = []
    for (let cycle = 0; cycle < cycles; cycle++) {
      const before = engine.usage.metrics
      await ask(asked, owner)
      metrics.push(engine.usage.metrics - before)
      clock.set(clock.now() + MINUTE)
    }
    return metrics
  }

  it('polls less often what would cost more, loses no point, and warns once', async () => {
    const warned: string[] = []
    engine = sharedEngine(isolated({ ...services, logger: { ...services.logger, warn: (_: object, text?: string) => void warned.push(text ?? '') } }))
    // Ten metrics a minute are $4.32 a month: four times too much.
    const owner = { name: 'ec2', maxUsdPerMonth: 1.08 }
    const asked = queries(10)
    const polls = await poll(40, asked, owner)
    expect(polls.filter((metrics) => metrics > 0).length).toBe(11)
    expect(polls.reduce((sum, metrics) => sum + metrics, 0)).toBe(110)
    expect(warned).toEqual(['ec2 would cost $4.32 a month, more than its maxUsdPerMonth of $1.08: its metrics are polled 4.0 times less often'])
    const seen = new Set<number>()
    for (let cycle = 0; cycle < 20; cycle++) {
      for (const stamp of (await ask(asked, owner))[0]?.timestamps ?? []) seen.add(stamp)
      clock.set(clock.now() + MINUTE)
    }
    expect(seen.size).toBeGreaterThanOrEqual(20)
    expect([...seen].sort((a, b) => a - b).every((stamp, index, all) => index === 0 || stamp - (all[index - 1] ?? 0) === MINUTE)).toBe(true)
  })

  it('forgets what a region cost that has nothing to ask for any more', async () => {
    const home = target
    const other = await openSession(services, { maxAttempts: 1 }).target('us-east-1', AbortSignal.timeout(30_000))
    const owner = { name: 'ec2', maxUsdPerMonth: 4.32 }
    target = other
    await ask(queries(10), owner)
    target = home
    const polls = await poll(200, queries(10), owner)
    expect(polls.slice(0, 20).filter((metrics) => metrics > 0).length).toBeLessThanOrEqual(11)
    expect(polls.slice(-100)).toEqual(Array.from({ length: 100 }, () => 10))
  })

  it('counts half of what another shares, and changes nothing where it is enough', async () => {
    const other = { name: 'other' }
    const owner = { name: 'ec2', maxUsdPerMonth: 2.16 }
    const asked = queries(10)
    for (let cycle = 0; cycle < 10; cycle++) {
      const before = engine.usage.metrics
      await Promise.all([ask(asked, other), ask(asked, owner)])
      expect(engine.usage.metrics - before).toBe(10)
      clock.set(clock.now() + MINUTE)
    }
    expect(await poll(5, queries(10, 100), { name: 'rich', maxUsdPerMonth: 4.32 })).toEqual([10, 10, 10, 10, 10])
  })
})

describe('throttling', () => {
  it('slows down every limit that the call has passed, each time', async () => {
    const slowed: string[] = []
    const slowing = isolated({ ...services, limiter: { ...services.limiter, slowDown: (key: string) => void slowed.push(key) } })
    engine = sharedEngine(slowing)
    target = await openSession(slowing, { maxAttempts: 1 }).target('us-west-2', AbortSignal.timeout(30_000))
    stub.on('GetMetricData', (request) => throttled(request.protocol))
    expect(await askOne()).toMatchObject({ status: 'error', error: { code: 'E204' } })
    expect(slowed).toEqual(['aws:123456789012:us-west-2:GetMetricData points, recent', 'aws:123456789012:us-west-2:GetMetricData'])
  })
})

describe('seats', () => {
  it('leave nothing on the signals of their cycle, which may live long', async () => {
    const { signal } = new AbortController()
    const seat = join(signal)
    await seat.submit(target, [query()])
    seat.leave()
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(clock.sleeping).toBe(0)
  })

  it('wait for each other: a collector that discovers slowly still shares the call', async () => {
    const [fast, slow] = [join(), join()]
    const first = fast.submit(target, queries(2))
    await clock.advance(4_000)
    expect(stub.count('GetMetricData')).toBe(0)
    const second = slow.submit(target, queries(2, 2))
    await Promise.all([first, second])
    expect(stub.count('GetMetricData')).toBe(1)
  })

  it('wait for one that does not know its targets yet', async () => {
    const undecided = engine.join({ owner: { name: 'other' }, now: clock.now(), interval: MINUTE, signal: new AbortController().signal })
    const first = join().submit(target, [query()])
    await clock.advance(4_000)
    expect(stub.count('GetMetricData')).toBe(0)
    undecided.expect([])
    expect((await first)[0]?.status).toBe('complete')
  })

  it('wait five seconds at most', async () => {
    const [fast, slow] = [join(), join()]
    const first = fast.submit(target, [query(1)])
    await clock.advance(5_000)
    expect((await first)[0]?.status).toBe('complete')
    await slow.submit(target, [query(2)])
    expect(stub.count('GetMetricData')).toBe(2)
  })

  it('are not waited for once they leave, pass, or expect other targets', async () => {
    const other = await openSession(services, { maxAttempts: 1 }).target('us-east-1', AbortSignal.timeout(30_000))
    const gone: ((seat: Seat) => void)[] = [(seat) => seat.leave(), (seat) => seat.expect([other]), (seat) => (seat.expect([other, target]), seat.pass(target))]
    for (const [index, leave] of gone.entries()) {
      const [fast, slow] = [join(), join()]
      const first = fast.submit(target, [query(`${index}`)])
      leave(slow)
      expect((await first)[0]?.status).toBe('complete')
      fast.leave()
      slow.leave()
    }
    expect(clock.sleeping).toBe(0)
  })

  it('are told of what goes wrong in the engine itself', async () => {
    const broken = { ...query(1), get stat(): string { throw new Error('no statistic') } }
    await expect(ask([broken])).rejects.toThrow('no statistic')
    expect((await ask([query(2)]))[0]?.status).toBe('complete')
  })

  it('go on with a poll that they wait for when the cycle that began it is stopped', async () => {
    const stop = new AbortController()
    const held = Promise.withResolvers<void>()
    const answer = stubMetricData(() => 1, () => clock.now())
    stub.on('GetMetricData', async (request) => (await held.promise, answer(request)))
    const beginner = join(stop.signal)
    const first = beginner.submit(target, [query()])
    beginner.leave()
    await vi.waitFor(() => expect(stub.count('GetMetricData')).toBe(1))
    const second = ask([query()])
    stop.abort()
    await expect(first).rejects.toThrow()
    held.resolve()
    expect((await second)[0]?.status).toBe('complete')
    expect(stub.count('GetMetricData')).toBe(1)
  })

  it('reject when their own cycle is stopped, and leave the others their answer', async () => {
    const stop = new AbortController()
    let release = (): void => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    const answer = stubMetricData(() => 1, () => clock.now())
    stub.on('GetMetricData', async (request) => (await held, answer(request)))
    const [stopped, other] = [join(stop.signal), join()]
    const first = stopped.submit(target, [query(1)])
    const second = other.submit(target, [query(2)])
    stop.abort()
    await expect(first).rejects.toThrow()
    release()
    expect((await second)[0]?.status).toBe('complete')
  })
})
