import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { totalmem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { host } from '@tocsin/collector-host'
import { type CycleResult, defineMonitor, run, runOnce, type Watch } from '@tocsin/core'
import { collectContext } from '@tocsin/core/testing'
import { type MailServer, startMailServer } from '@tocsin/dev-tools'
import { threshold } from '@tocsin/evaluator-threshold'
import { email } from '@tocsin/notifier-email'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { loadCpu } from './load/cpu.ts'
import { loadDisk } from './load/disk.ts'
import { loadMemory } from './load/memory.ts'
import { loadNetwork } from './load/network.ts'

const MEGABYTE = 1_000_000
/** A memory filesystem: filling it a little costs no disk and does not depend on the size of one. */
const SHM = '/dev/shm'

let mails: MailServer
beforeAll(async () => {
  mails = await startMailServer()
})
afterAll(() => mails.close())

/** A stat, and how to put this machine's value of it above a line. */
interface Stat {
  readonly name: string
  /** Watches the stat; lines are taken from what the machine shows when it is at rest. */
  watch(): Promise<Watch>
  /** Puts it between amber and red, or above red. Returns how to end that. */
  amber(): Promise<() => Promise<void>>
  red(): Promise<() => Promise<void>>
}

/** What the machine shows now. */
async function reading(watch: Watch, metric: string): Promise<number> {
  const collector = watch.open()
  for await (const series of collector.collect(new Set([metric]), collectContext())) return series.values[0] ?? NaN
  throw new Error(`no ${metric} on this machine`)
}

let delay = 0
const slow = createServer((_request, answer) => void setTimeout(() => answer.end('ok'), delay))
beforeAll(async () => {
  slow.listen(0, '127.0.0.1')
  await once(slow, 'listening')
})
afterAll(() => void slow.close())
const delayed = async (ms: number) => {
  delay += ms
  return async () => void (delay -= ms)
}

const stats: readonly Stat[] = [
  {
    name: 'cpu',
    async watch() {
      // What else this machine does stays as it is; the load takes its share of the rest.
      const readings: number[] = []
      for (let second = 0; second < 5; second++) {
        readings.push(await reading(host({ cpu: threshold({ critical: 100 }) }), 'cpu'))
        await sleep(1_000)
      }
      const busy = Math.max(...readings)
      return host({ cpu: threshold({ warning: busy + (100 - busy) * 0.3, critical: busy + (100 - busy) * 0.9 }) })
    },
    amber: () => loadCpu(0.6),
    red: () => loadCpu(1),
  },
  {
    name: 'memory',
    async watch() {
      const now = await reading(host({ memory: threshold({ critical: 100 }) }), 'memory')
      return host({ memory: threshold({ warning: now + 5, critical: now + 14 }) })
    },
    // Far from both lines: what else runs here takes and gives memory, too.
    amber: () => loadMemory(totalmem() * 0.095),
    red: () => loadMemory(totalmem() * 0.2),
  },
  {
    name: 'disk',
    async watch() {
      const options = { mounts: [SHM] }
      const now = await reading(host(options, { disk: threshold({ critical: 100 }) }), 'disk')
      return host(options, { disk: threshold({ warning: now + 0.5, critical: now + 1.5 }) })
    },
    amber: () => loadDisk(SHM, 1),
    red: () => loadDisk(SHM, 2),
  },
  {
    name: 'networkIn',
    watch: async () => host({ interfaces: ['lo'] }, { networkIn: threshold({ warning: '15MB', critical: '60MB' }) }),
    amber: () => loadNetwork(30 * MEGABYTE),
    red: () => loadNetwork(120 * MEGABYTE),
  },
  {
    name: 'responseTime',
    watch: async () => host({ urls: [`http://127.0.0.1:${(slow.address() as AddressInfo).port}/`] }, { responseTime: threshold({ warning: '150ms', critical: '600ms' }) }),
    amber: () => delayed(300),
    red: () => delayed(700),
  },
]

/** Each has mailboxes of its own. One more is allowed, because this measures a machine that is not ours alone. */
let attempts = 0

it.each(stats)('$name goes amber, red, amber and well, and the mail of each level says so', { timeout: 300_000, retry: 1 }, async (stat) => {
  attempts++
  const amber = `amber-${attempts}@example.com`
  const red = `red-${attempts}@example.com`
  const monitor = defineMonitor({
    name: stat.name,
    every: '1s',
    groupWait: '0s',
    groupInterval: '1s',
    watch: [await stat.watch()],
    notify: { amber: email({ url: `smtp://127.0.0.1:${mails.port}`, to: amber }), red: email({ url: `smtp://127.0.0.1:${mails.port}`, to: red }) },
    route: { warning: ['amber'], critical: ['red'] },
  })
  // What ran before may still be busy.
  const restingLevel = async (): Promise<unknown> => (await runOnce(monitor, { dryRun: true })).observations[0]?.level
  await vi.waitFor(async () => expect(await restingLevel()).toBe('none'), { timeout: 60_000, interval: 1_000 })

  const stop = new AbortController()
  const failures: string[] = []
  const running = run(monitor, { signal: stop.signal, onCycle: (cycle: CycleResult) => failures.push(...cycle.failures.map(({ error }) => String(error))) })
  const firstLines = (address: string): string[] =>
    mails.mails.filter(({ envelope }) => envelope.to.includes(address)).map(({ parsed }) => parsed.text?.split('\n')[0] ?? '')
  /** The mails so far say all this in this order, and the last of it last. Another process's burst may have added a line between. */
  const hear = (address: string, lines: readonly RegExp[]) =>
    vi.waitFor(
      () => {
        const heard = firstLines(address)
        let from = 0
        for (const line of lines) {
          const found = heard.findIndex((text, index) => index >= from && line.test(text))
          expect(found, `${line} in ${JSON.stringify(heard)}`).toBeGreaterThanOrEqual(from)
          from = found + 1
        }
        expect(heard.at(-1)).toMatch(lines.at(-1) as RegExp)
      },
      { timeout: 45_000, interval: 100 },
    )
  const amberLine = new RegExp(`^AMBER .*${stat.name}.*\\(> `)
  const amberEnds = new RegExp(`^RED .*${stat.name}.* no longer AMBER, not told here any more`)
  const redLine = new RegExp(`^RED .*${stat.name}.*\\(> `)
  const redEnds = new RegExp(`^AMBER .*${stat.name}.* no longer RED, not told here any more`)
  const wellLine = new RegExp(`^OK .*${stat.name}.* was RED for `)

  try {
    // The next load begins before the last one ends, so that the level changes without a moment of rest between.
    const firstAmber = await stat.amber()
    await hear(amber, [amberLine])

    const onlyRed = await stat.red()
    await firstAmber()
    await hear(red, [redLine])
    await hear(amber, [amberLine, amberEnds])

    const secondAmber = await stat.amber()
    await onlyRed()
    await hear(red, [redLine, redEnds])
    await hear(amber, [amberLine, amberEnds, amberLine])

    await secondAmber()
    await hear(amber, [amberLine, amberEnds, amberLine, wellLine])
    await hear(red, [redLine, redEnds])
    expect(failures).toEqual([])
  } finally {
    stop.abort()
    await running
  }
})
