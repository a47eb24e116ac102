import { appendFile } from 'node:fs/promises'
import { composeMessage, defineCollector, defineMonitor, defineNotifier, delivered, permanent, retryable, TocsinError } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'

/*
 * A monitor that does what the environment says:
 *   VALUES   per pass and resource, `10,20|91,65`; the last pass goes on. Default 10
 *   FAIL     an error code: one region cannot be read
 *   HANG     the collector never ends, whatever it is asked; with `close` it does not close either
 *   CRASH    a promise is rejected and nobody catches it
 *   CHANNEL  what comes of sending: delivered (default), retryable, permanent
 *   REPEAT   milliseconds after which what fires is told again. Default 4 hours
 *   STATE    the monitor's `state`. Default: the usual file
 *   OUT      file that gets the title of every message
 */
const env = process.env
const passes = (env['VALUES'] ?? '10').split('|').map((pass) => pass.split(',').map(Number))
let pass = 0

const hang = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 600_000))

const fake = defineCollector({
  name: 'fake',
  metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' } },
  create: () => ({
    async *collect(_wanted, { now, fail }) {
      if (env['CRASH']) setImmediate(() => void Promise.reject(new Error('nobody caught this')))
      if (env['HANG']) {
        process.stderr.write('collecting\n')
        await hang()
      }
      if (env['FAIL'] === 'E201') fail(new TocsinError('E201', 'access denied', { fix: 'allow it', permanent: true }), { region: 'eu-central-1' })
      else if (env['FAIL']) fail(new TocsinError('E205', 'no answer', { fix: 'wait' }), { region: 'eu-central-1' })
      const values = passes[Math.min(pass, passes.length - 1)] ?? []
      pass += 1
      for (const [index, value] of values.entries()) {
        const name = `web-${index + 1}`
        yield {
          resource: { id: name, type: 'fake', name, region: 'us-west-2', tags: {} },
          metric: 'cpu',
          period: 1_000,
          timestamps: Float64Array.of(now),
          values: Float64Array.of(value),
          settledUntil: now + 1,
          status: 'complete',
        }
      }
    },
    async close() {
      if (env['HANG'] === 'close') await hang()
    },
  }),
})

const sink = defineNotifier({
  name: 'sink',
  create: () => ({
    async send(notification) {
      if (env['CHANNEL'] === 'permanent') return permanent('410 gone')
      if (env['CHANNEL'] === 'retryable') return retryable('503 busy', 60_000)
      if (env['OUT'] !== undefined) await appendFile(env['OUT'], `${composeMessage(notification).title}\n`)
      return delivered()
    },
  }),
})

export default defineMonitor({
  name: 'fixture',
  every: '1s',
  watch: [fake({ cpu: threshold({ warning: 60, critical: 80 }) })],
  notify: { ops: sink() },
  ...(env['STATE'] === undefined ? {} : { state: env['STATE'] }),
  repeatInterval: `${Number(env['REPEAT'] ?? 14_400_000)}ms`,
})
