import type { StatsFs } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { collectContext } from '@tocsin/core/testing'
import { expect, it } from 'vitest'
import { diskReader, usage } from './disk.ts'
import { linuxMachine } from './linux/linux-machine.ts'
import type { Machine } from './machine.ts'

const ALL = new Set(['disk', 'diskInodes'] as const)

function mounted(...local: string[]): Machine {
  return { ...linuxMachine({ proc: '/proc', sys: '/sys' }), mounts: async () => ({ local, has: (point) => local.includes(point) }) }
}

async function read(mounts: readonly string[] | undefined, machine: Machine) {
  const context = collectContext()
  const points = await diskReader(mounts, machine)(ALL, context)
  return { points, failures: context.failures.map(({ error }) => String(error)) }
}

it('counts as df does: what is reserved for root is neither used nor available', () => {
  expect(usage({ blocks: 1_000, bfree: 300, bavail: 200, files: 100, ffree: 75 })).toEqual({ space: (100 * 700) / 900, inodes: 25 })
  expect(usage({ blocks: 1_000, bfree: 1_000, bavail: 950, files: 0, ffree: 0 })).toEqual({ space: 0, inodes: NaN })
  expect(usage({ blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0 }).space).toBeNaN()
})

it('fails the mounts that cannot be read, and reads the others', async () => {
  const { points, failures } = await read(['/', '/data', '/no/such/place'], mounted('/', '/no/such/place'))
  expect(points.map(({ metric, labels }) => [metric, labels])).toContainEqual(['disk', { mount: '/' }])
  expect(points.every(({ labels }) => labels?.['mount'] === '/')).toBe(true)
  expect(failures).toEqual([
    'E207 nothing is mounted here · /data · mount it, or name the mount point that holds it',
    'E207 a filesystem cannot be read · /no/such/place · let this process read it, or leave it out of "mounts"',
  ])
})

it('says that no filesystem counts inodes', async () => {
  // The kernel's own filesystems count neither blocks nor inodes.
  const { points, failures } = await read(undefined, mounted('/proc'))
  expect(points).toEqual([{ metric: 'disk', value: NaN, labels: { mount: '/proc' } }])
  expect(failures).toEqual(['E207 no watched filesystem counts inodes · remove the rule'])
})

it('asks a mount that does not answer only once, and again when it has answered', async () => {
  const answers = [Promise.withResolvers<StatsFs>(), Promise.withResolvers<StatsFs>()]
  let asked = 0
  const disks = diskReader(['/'], mounted('/'), () => answers[asked++]?.promise ?? Promise.reject(new Error('asked too often')))
  for (const cycle of [1, 2]) {
    const stop = new AbortController()
    const points = disks(ALL, collectContext({ signal: stop.signal }))
    setImmediate(() => stop.abort(new Error(`cycle ${cycle} is over`)))
    await expect(points).rejects.toThrow(`cycle ${cycle} is over`)
  }
  expect(asked).toBe(1)
  const waiting = disks(ALL, collectContext())
  answers[0]?.resolve(await statfs('/'))
  expect((await waiting).length).toBeGreaterThan(0)
  answers[1]?.resolve(await statfs('/'))
  await disks(ALL, collectContext())
  expect(asked).toBe(2)
})

it('stops waiting when its time is up', async () => {
  await expect(diskReader(['/'], mounted('/'))(ALL, collectContext({ signal: AbortSignal.abort(new Error('time is up')) }))).rejects.toThrow('time is up')
})
