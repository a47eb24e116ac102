import { consoleNotifier, defineCollector, defineMonitor, memoryStore, type ReportContext, runOnce } from '@tocsin/core'
import { reportContext, reportContract } from '@tocsin/core/testing'
import { threshold } from '@tocsin/evaluator-threshold'
import { expect, it } from 'vitest'
import { standing } from './standing.ts'

const AT = Date.parse('2026-03-30T07:00Z')

/** A store of one pass over machines of these names, all of them too hot, databases most. */
async function saw(names: readonly string[]): Promise<ReportContext> {
  const fleet = defineCollector({
    name: 'fleet',
    metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' } },
    create: () => ({
      async *collect(_wanted, { now, interval }) {
        for (const [index, name] of names.entries()) {
          yield { resource: { id: `machine:${index}`, type: 'machine', name, tags: {} }, metric: 'cpu', period: interval, timestamps: Float64Array.of(now), values: Float64Array.of(name.startsWith('db') ? 99 : 70), settledUntil: now + 1, status: 'complete' }
        }
      },
    }),
  })
  const monitor = defineMonitor({ name: 'night', watch: [fleet({ cpu: threshold({ warning: 60, critical: 80 }) })], notify: { log: consoleNotifier() } })
  const store = memoryStore()
  await runOnce(monitor, { store, print: () => {} })
  return reportContext(monitor, store)
}

reportContract('standing', { report: () => standing({ to: ['mail'] }), at: AT, saw })

it('puts red first, counts what it leaves out, and says that all is green', async () => {
  const compose = async (names: readonly string[]) => {
    const { subject, short, text } = await standing({ to: ['mail'] }).open().compose(standing({ to: ['mail'] }).period(AT, 'UTC'), await saw(names))
    return [subject, short.lines.length < 3 ? short.lines : short.lines.length, text.split('\n').at(-1)]
  }
  expect(await compose([])).toEqual(['2026-03-29: all is green · night', [], '2026-03-29: all is green · night'])
  expect(await compose(['web-1', 'db-1'])).toEqual(['2026-03-29: 2 fire · night', ['RED db-1 cpu (> 80%)', 'AMBER web-1 cpu (> 60%)'], 'AMBER web-1 cpu (> 60%)'])
  expect(await compose(Array.from({ length: 30 }, (_, index) => `web-${index}`))).toEqual(['2026-03-29: 30 fire · night', 25, 'and 5 more'])
})
