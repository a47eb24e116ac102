import { type CollectContext, type Labels, type Series, TocsinError } from '@tocsin/core'
import { collectContext, FakeClock } from '@tocsin/core/testing'
import { describe, expect, it } from 'vitest'
import { hostCollector } from './host-collector.ts'
import type { CpuTime, InterfaceCounters, Machine } from './machine.ts'
import type { HostMetric } from './metrics.ts'
import { type HostOptions, hostOptions } from './options.ts'

const MINUTE = 60_000

/** Each call takes the next of the samples; an error is thrown. */
function script<Sample>(...samples: readonly (Sample | Error)[]): () => Promise<Sample> {
  const left = [...samples]
  return async () => {
    const next = left.shift()
    if (next === undefined) throw new Error('asked more often than expected')
    if (next instanceof Error) throw next
    return next
  }
}

function aMachine(over: Partial<Machine> = {}): Machine {
  const no = async (): Promise<never> => {
    throw new Error('not wanted, so not to be read')
  }
  return { cpu: no, memory: no, swap: no, load: no, mounts: no, interfaces: no, linkSpeed: async () => undefined, ...over }
}

interface Seen {
  readonly metric: HostMetric
  readonly value: number | undefined
  readonly labels?: Labels
}

/** Collects in cycles a minute apart; the pause of the first one is waited for. */
function cycles(machine: Machine, options: HostOptions = {}) {
  const collector = hostCollector(hostOptions.parse(options), machine)
  const clock = new FakeClock()
  const failures: string[] = []
  return async (wanted: readonly HostMetric[], over: Partial<CollectContext> = {}): Promise<{ seen: Seen[]; failures: string[]; took: number }> => {
    const context = collectContext({ clock, interval: MINUTE, fail: (error) => void failures.push(String(error)), ...over })
    const seen: Seen[] = []
    const began = clock.now()
    const work = (async () => {
      for await (const { metric, values, labels } of collector.collect(new Set(wanted), context)) seen.push({ metric, value: values[0], ...(labels && { labels }) })
      return true
    })()
    const aSecondLater = async (): Promise<boolean> => clock.advance(clock.sleeping > 0 ? 1_000 : 0).then(() => false)
    while (!(await Promise.race([work, aSecondLater()])));
    const took = clock.now() - began
    await clock.advance(MINUTE - took)
    return { seen, failures: failures.splice(0), took }
  }
}

const values = ({ seen }: { readonly seen: readonly Seen[] }, metric: HostMetric): (number | undefined)[] => seen.filter((one) => one.metric === metric).map(({ value }) => value)

describe('a series', () => {
  it('is one final point at the time of the cycle', async () => {
    const collector = hostCollector(hostOptions.parse({ name: 'web-1' }), aMachine({ memory: async () => 42 }))
    const context = collectContext({ now: 1_767_614_400_000, interval: MINUTE })
    const series: Series[] = []
    for await (const one of collector.collect(new Set(['memory']), context)) series.push(one)
    expect(series).toEqual([
      {
        resource: { id: 'host:web-1', type: 'host', name: 'web-1', tags: {} },
        metric: 'memory',
        period: MINUTE,
        timestamps: Float64Array.of(1_767_614_400_000),
        values: Float64Array.of(42),
        settledUntil: 1_767_614_400_001,
        status: 'complete',
      },
    ])
  })

  it('is measured only when it is wanted, and one that fails does not stop the others', async () => {
    const machine = aMachine({ memory: async () => 42, swap: script<number>(new TocsinError('E207', 'no such file', { where: '/proc/meminfo', fix: 'mount /proc' })) })
    const { seen, failures } = await cycles(machine)(['swap', 'memory', 'load'])
    expect(seen).toEqual([{ metric: 'memory', value: 42 }])
    expect(failures.toSorted()).toEqual([
      'E207 load cannot be measured: not wanted, so not to be read · see the log',
      'E207 swap cannot be measured: no such file · /proc/meminfo · mount /proc',
    ])
  })
})

describe('cpu', () => {
  const machine = (busy: number, total: number): CpuTime => ({ of: 'machine', busy, total })
  const limit = (busy: number, cpus: number): CpuTime => ({ of: 'limit', busy, cpus })

  it('takes two samples in the first cycle, and one in each that follows', async () => {
    const cycle = cycles(aMachine({ cpu: script(machine(100, 1_000), machine(130, 1_100), machine(4_130, 6_100)) }))
    const first = await cycle(['cpu'])
    expect([values(first, 'cpu'), first.took]).toEqual([[30], 1_000])
    const second = await cycle(['cpu'])
    expect([values(second, 'cpu'), second.took]).toEqual([[80], 0])
  })

  it('of a limited container is a share of its limit', async () => {
    // A minute passes from the start of one cycle to the next; the first sample of that stretch was taken a second after it.
    const cycle = cycles(aMachine({ cpu: script(limit(10, 0.5), limit(10.25, 0.5), limit(10.25 + 29.5, 1), limit(200, 1)) }))
    expect(values(await cycle(['cpu']), 'cpu')).toEqual([50])
    expect(values(await cycle(['cpu']), 'cpu')).toEqual([50])
    expect(values(await cycle(['cpu']), 'cpu')).toEqual([100])
  })

  it.each<[string, CpuTime, CpuTime, number]>([
    ['the counters were reset', machine(900, 9_000), machine(10, 50), NaN],
    ['only the busy count went back', machine(900, 9_000), machine(899, 9_100), NaN],
    ['no time has passed', machine(900, 9_000), machine(900, 9_000), NaN],
    ['a limit was set', machine(900, 9_000), limit(901, 1), NaN],
    ['a limit was lifted', limit(901, 1), machine(9_000, 90_000), NaN],
    ['the kernel took idle time back', machine(900, 9_000), machine(1_001, 9_100), 100],
  ])('when %s', async (_, before, after, expected) => {
    expect(values(await cycles(aMachine({ cpu: script(before, after) }))(['cpu']), 'cpu')).toEqual([expected])
  })

  it('goes on after a sample that could not be taken', async () => {
    const cycle = cycles(aMachine({ cpu: script<CpuTime>(machine(0, 0), machine(10, 100), new TocsinError('E207', 'gone', { fix: '' }), machine(60, 200)) }))
    await cycle(['cpu'])
    expect((await cycle(['cpu'])).failures).toHaveLength(1)
    expect(values(await cycle(['cpu']), 'cpu')).toEqual([50])
  })
})

describe('the network', () => {
  const eth0 = (received: number, sent = 0, faults = 0, index = 2): InterfaceCounters => ({ name: 'eth0', received, sent, faults, index })
  const ALL = ['networkIn', 'networkOut', 'networkErrors'] as const

  it('is a rate per interface', async () => {
    const cycle = cycles(aMachine({ interfaces: script([eth0(0)], [eth0(500, 20, 3)], [eth0(500 + 59_000, 20 + 118, 3 + 59)]) }))
    const labels = { interface: 'eth0' }
    expect((await cycle(ALL)).seen).toEqual([
      { metric: 'networkIn', value: 500, labels },
      { metric: 'networkOut', value: 20, labels },
      { metric: 'networkErrors', value: 3, labels },
    ])
    expect((await cycle(ALL)).seen.map(({ value }) => value)).toEqual([1_000, 2, 1])
  })

  it.each<[string, InterfaceCounters[], InterfaceCounters[]]>([
    ['wrapped at 32 bits', [eth0(2 ** 32 - 10)], [eth0(5)]],
    ['was reset', [eth0(1e9)], [eth0(0)]],
    ['belongs to another interface of the same name', [eth0(10)], [eth0(1e12, 0, 0, 7)]],
    ['is new', [], [eth0(1e12)]],
  ])('is missing, never a spike, when a counter %s', async (_, before, after) => {
    expect(values(await cycles(aMachine({ interfaces: script(before, after) }))(['networkIn']), 'networkIn')).toEqual([NaN])
  })

  it('goes on with the cycle after a reset', async () => {
    const cycle = cycles(aMachine({ interfaces: script([eth0(9_000)], [eth0(0)], [eth0(5_900)]) }))
    expect(values(await cycle(['networkIn']), 'networkIn')).toEqual([NaN])
    expect(values(await cycle(['networkIn']), 'networkIn')).toEqual([100])
  })

  const many = ['lo', 'eth0', 'ens5', 'wlp3s0', 'bond0', 'wg0', 'tun0', 'br0', 'veth3f2a', 'docker0', 'br-1a2b3c4d5e6f', 'cali12', 'virbr0', 'ifb0', 'sit0', 'ip6tnl0', 'localnet'].map((name) => ({ ...eth0(0), name }))
  const namesOf = async (options: HostOptions) => {
    const { seen, failures } = await cycles(aMachine({ interfaces: async () => many }), options)(['networkIn'])
    return { names: seen.map(({ labels }) => labels?.['interface']), failures }
  }

  it('leaves out loopback and what containers and tunnels bring along', async () => {
    expect((await namesOf({})).names).toEqual(['eth0', 'ens5', 'wlp3s0', 'bond0', 'wg0', 'tun0', 'br0', 'localnet'])
  })

  it('watches the named interfaces only, and says which are not there', async () => {
    const { names, failures } = await namesOf({ interfaces: ['lo', 'eth7', 'docker0'] })
    expect(names).toEqual(['lo', 'docker0'])
    expect(failures).toEqual([expect.stringMatching(/^E207 there is no network interface "eth7" · name one of: lo, eth0, /)])
  })

  it('sets the busier direction against the link speed that is known or given', async () => {
    const both = (received: number): InterfaceCounters[] => [eth0(received, received / 2), { ...eth0(received / 4, received), name: 'eth1' }]
    const machine = (): Machine => aMachine({ interfaces: script(both(0), both(12.5e6)), linkSpeed: async (name) => (name === 'eth0' ? 1e9 : undefined) })
    expect((await cycles(machine())(['networkUtilization'])).seen).toEqual([{ metric: 'networkUtilization', value: 10, labels: { interface: 'eth0' } }])
    expect(values(await cycles(machine(), { linkSpeed: '200Mbit' })(['networkUtilization']), 'networkUtilization')).toEqual([10, 50])
  })

  it('says that no speed is known', async () => {
    const { seen, failures } = await cycles(aMachine({ interfaces: async () => [eth0(0)] }))(['networkUtilization', 'networkIn'])
    expect(seen.map(({ metric }) => metric)).toEqual(['networkIn'])
    expect(failures).toEqual(['E207 the speed of no watched network interface is known · give it as "linkSpeed", such as "1Gbit"'])
  })
})

it('says that nothing can answer when there are no targets', async () => {
  const { failures } = await cycles(aMachine())(['responseTime'])
  expect(failures).toEqual(['E203 responseTime has no targets · give "urls" or "ports"'])
})

it('throws when its time is up, after what was measured before', async () => {
  const stop = new AbortController()
  const collector = hostCollector(hostOptions.parse({}), aMachine({ memory: async () => 42, cpu: async () => ({ of: 'machine', busy: 0, total: 0 }) }))
  const seen: string[] = []
  const failures: unknown[] = []
  const work = (async () => {
    const context = collectContext({ signal: stop.signal, clock: new FakeClock(), fail: (error) => void failures.push(error) })
    for await (const { metric } of collector.collect(new Set(['cpu', 'memory']), context)) {
      seen.push(metric)
      stop.abort(new Error('time is up'))
    }
  })()
  await expect(work).rejects.toThrow('time is up')
  expect([seen, failures]).toEqual([['memory'], []])
})
