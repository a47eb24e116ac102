import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collectContext, collectorContract } from '@tocsin/core/testing'
import { threshold } from '@tocsin/evaluator-threshold'
import { afterAll, expect, it } from 'vitest'
import { backlog } from './backlog.ts'

const folder = await mkdtemp(join(tmpdir(), 'backlog-'))
afterAll(() => rm(folder, { recursive: true }))
await writeFile(join(folder, 'new'), '')
await writeFile(join(folder, 'old'), '')
const rules = { files: threshold({ critical: 100 }), oldest: threshold({ critical: '1h' }) }

collectorContract('backlog', { watch: () => backlog({ folder }, rules) })

it('counts the files and tells the age of the oldest', async () => {
  const context = collectContext()
  await utimes(join(folder, 'old'), (context.now - 90_000) / 1_000, (context.now - 90_000) / 1_000)
  const found: Record<string, number | undefined> = {}
  for await (const { metric, values } of backlog({ folder }, rules).open().collect(new Set(['files', 'oldest']), context)) found[metric] = values[0]
  expect(found['files']).toBe(2)
  expect(found['oldest']).toBeCloseTo(90, 0)
})
