import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineCollector, defineMonitor, runOnce } from '@tocsin/core'
import { aResource, aSeries, FakeClock, testServices } from '@tocsin/core/testing'
import { expect, it } from 'vitest'
import { openSqliteStore } from '../index.ts'

it('holds what the passes of a monitor measured', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-history-'))
  try {
    const clock = new FakeClock()
    const { limiter } = testServices()
    const one = defineCollector({
      name: 'one',
      metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' } },
      create: () => ({
        async *collect(_wanted, { now }) {
          yield aSeries([now % 100], { metric: 'cpu' as const, resource: aResource({ id: 'web-1' }), timestamps: Float64Array.of(now), settledUntil: now + 1 }) as never
        },
      }),
    })
    const monitor = defineMonitor({ watch: [one({})], notify: {} })
    const store = await openSqliteStore(join(folder, 'state.sqlite'), { clock })
    for (let pass = 0; pass < 3; pass++) {
      const running = runOnce(monitor, { clock, limiter, store })
      await clock.advance(1_000)
      await running
      await clock.advance(59_000)
    }
    const [series] = (await store.history?.series({ monitor: 'main' })) ?? []
    expect(series).toMatchObject({ monitor: 'main', metric: 'cpu', unit: 'percent', resource: { id: 'web-1' } })
    const [points] = (await store.history?.points({ series: [series?.id ?? 0], from: 0, until: Infinity })) ?? []
    expect(points?.timestamps.length).toBe(3)
    await store.close()
  } finally {
    await rm(folder, { recursive: true })
  }
})
