import { appendFileSync } from 'node:fs'
import { defineCollector, defineMonitor, run, secret } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'
import { webhook } from '@tocsin/notifier-webhook'
import { openPostgresStore, openSqliteStore } from '@tocsin/store-sql'
import { z } from 'zod'
import { ALERTS, valueAt } from './truth.ts'

/*
 * The process that is killed: a monitor of fifty alerts, each of which changes in every cycle, that tells a webhook.
 * It acknowledges every cycle that was committed in a file: what stands there must never be lost.
 */
const env = z.object({ STATE: z.string(), RECEIVER: secret(), ACKNOWLEDGED: z.string(), CALM: z.literal('1').optional() }).parse(process.env)

const fleet = defineCollector({
  name: 'fleet',
  metrics: { cpu: { unit: 'percent', worse: 'high', help: 'CPU' } },
  create: () => ({
    async *collect(_wanted, { now }) {
      for (let index = 0; index < ALERTS; index++) {
        const value = env.CALM === '1' ? 10 : valueAt(index, now)
        yield { resource: { id: `r${index}`, type: 'fleet', name: `r${index}`, tags: { group: `g${index % 10}` } }, metric: 'cpu', period: 1_000, timestamps: Float64Array.of(now), values: Float64Array.of(value), settledUntil: now + 1, status: 'complete' }
      }
    },
  }),
})

const monitor = defineMonitor({
  name: 'soak',
  every: '1s',
  groupBy: ['tag_group'],
  groupWait: '0s',
  groupInterval: '1s',
  watch: [fleet({ cpu: threshold({ warning: 60, critical: 80, flapping: false }) })],
  notify: { hook: webhook({ url: env.RECEIVER }) },
})

const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
const store = await (env.STATE.startsWith('postgres:') ? openPostgresStore(env.STATE) : openSqliteStore(env.STATE))
await run(monitor, {
  store,
  signal: stop.signal,
  onCycle: ({ transitions }) => appendFileSync(env.ACKNOWLEDGED, transitions.map(({ fingerprint, at, from, to }) => `${fingerprint} ${at} ${from}>${to}\n`).join('')),
})
await store.close()
