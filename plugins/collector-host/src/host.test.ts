import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, hostname } from 'node:os'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { type CollectContext, systemClock } from '@tocsin/core'
import { collectContext, collectorContract } from '@tocsin/core/testing'
import { describe, expect, it } from 'vitest'
import { host } from './host.ts'
import { cpuLimit, memoryLimit } from './linux/cgroup.ts'
import type { HostMetric } from './metrics.ts'
import type { HostOptions } from './options.ts'
import { portableMachine } from './portable-machine.ts'

const run = promisify(execFile)
const CGROUP = '/sys/fs/cgroup'

collectorContract('host', { watch: () => host({ linkSpeed: '1Gbit', ports: ['127.0.0.1:9'] }, {}) })

async function collect(metric: HostMetric, options: HostOptions = {}, over: Partial<CollectContext> = {}): Promise<Map<string, number>> {
  const collector = host(options, {}).open()
  const context = collectContext(over)
  const found = new Map<string, number>()
  for await (const { labels = {}, values } of collector.collect(new Set([metric]), context)) found.set(Object.values(labels).join(), values[0] ?? NaN)
  expect(context.failures.map(({ error }) => String(error))).toEqual([])
  return found
}

async function one(metric: HostMetric, options?: HostOptions, over?: Partial<CollectContext>): Promise<number> {
  const [value = NaN, ...others] = (await collect(metric, options, over)).values()
  expect(others).toEqual([])
  return value
}

it('is named after the machine', async () => {
  for await (const { resource } of host({}).open().collect(new Set(['memory']), collectContext())) {
    expect(resource).toEqual({ id: `host:${hostname()}`, type: 'host', name: hostname(), tags: {} })
  }
  expect.assertions(1)
})

describe('the machine this runs on', () => {
  it('has its CPUs busy while they are kept busy, as busy as Node counts', async () => {
    const workers = cpus().map(() => new Worker('for (;;);', { eval: true }))
    try {
      await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('online', resolve))))
      const node = portableMachine()
      const before = await node.cpu()
      const share = await one('cpu')
      const after = await node.cpu()
      if (before.of !== 'machine' || after.of !== 'machine') throw new TypeError('not of the machine')
      if (await cpuLimit(CGROUP, cpus().length)) return expect(share).toBeGreaterThan(80)
      expect(share).toBeGreaterThan((80 * availableParallelism()) / cpus().length)
      expect(Math.abs(share - (100 * (after.busy - before.busy)) / (after.total - before.total))).toBeLessThan(10)
    } finally {
      await Promise.all(workers.map((worker) => worker.terminate()))
    }
  })

  it('has its root disk as full as df says', async () => {
    const { stdout } = await run('df', ['-kP', '/'])
    const [, , used, available] = stdout.trim().split('\n')[1]?.split(/\s+/).map(Number) ?? []
    const disks = await collect('disk')
    expect(disks.get('/')).toBeCloseTo((100 * (used ?? NaN)) / ((used ?? NaN) + (available ?? NaN)), 0)
  })

  it('shares its numbers among its parts within bounds', async () => {
    for (const metric of ['memory', 'swap', 'disk', 'diskInodes'] as const) {
      for (const value of (await collect(metric)).values()) {
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThanOrEqual(100)
      }
    }
    expect(await one('load')).toBeGreaterThanOrEqual(0)
  })
})

describe.runIf(process.platform === 'linux')('a Linux machine', () => {
  it('has its inodes used up as df says', async () => {
    const { stdout } = await run('df', ['-iP', '/'])
    const [, , used, free] = stdout.trim().split('\n')[1]?.split(/\s+/).map(Number) ?? []
    const inodes = await collect('diskInodes', { mounts: ['/'] })
    expect(inodes.get('/')).toBeCloseTo((100 * (used ?? NaN)) / ((used ?? NaN) + (free ?? NaN)), 0)
  })

  it('has its memory in use as free says, or as its container counts', async () => {
    const { stdout } = await run('free', ['-b'])
    const [, total = NaN, , , , , available = NaN] = stdout.split('\n')[1]?.split(/\s+/).map(Number) ?? []
    const limit = await memoryLimit(CGROUP, total)
    const expected = limit ? (100 * limit.used) / limit.limit : 100 * (1 - available / total)
    expect(Math.abs((await one('memory')) - expected)).toBeLessThan(5)
  })

  it('has a memory filesystem fuller by what was written to it', async () => {
    const file = `/dev/shm/tocsin-host-${process.pid}`
    const size = 16 * 2 ** 20
    const { stdout } = await run('df', ['-kP', '/dev/shm'])
    const whole = Number(stdout.trim().split('\n')[1]?.split(/\s+/)[1]) * 1_024
    const before = await one('disk', { mounts: ['/dev/shm'] })
    await writeFile(file, Buffer.alloc(size))
    try {
      const grown = (await one('disk', { mounts: ['/dev/shm/'] })) - before
      // Others may use it at the same time.
      expect(grown).toBeGreaterThan((50 * size) / whole)
      expect(grown).toBeLessThan((1_000 * size) / whole)
    } finally {
      await rm(file)
    }
  })

  it('receives what is sent over loopback', async () => {
    const clock = {
      ...systemClock,
      sleep: async () => {
        const { createServer, connect } = await import('node:net')
        const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1')
        await new Promise((resolve) => server.once('listening', resolve))
        const address = server.address()
        if (address === null || typeof address === 'string') throw new TypeError('no port')
        const socket = connect(address.port, '127.0.0.1')
        await new Promise((resolve) => socket.end(Buffer.alloc(32 * 2 ** 20), () => resolve(undefined)))
        await new Promise((resolve) => server.close(resolve))
        await systemClock.sleep(200)
      },
    }
    const began = performance.now()
    const received = await one('networkIn', { interfaces: ['lo'] }, { clock })
    const took = (performance.now() - began) / 1_000
    expect(received * took).toBeGreaterThan(32 * 2 ** 20)
  })
})
