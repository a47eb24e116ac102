import { defineCollector, defineMonitor, run } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'
import { webhook } from '@tocsin/notifier-webhook'
import { ALERTS, GROUP_LABEL, GROUP_WAIT, GROUPS, WAVES } from './size.ts'

const [, , url = ''] = process.argv
const PER_GROUP = ALERTS / GROUPS
const say = (word: string): void => void process.send?.(word)

let wanted = 0
let given = 0

/** Every cycle has the series of all waves so far; those of the newest wave are new. */
const fleet = defineCollector({
  name: 'fleet',
  metrics: { load: { unit: 'percent', worse: 'high', help: 'Load' } },
  create: () => ({
    async *collect(_wanted, { now, interval }) {
      if (given < wanted) say('begun')
      given = wanted
      for (let index = 0; index < given * ALERTS; index++) {
        const resource = { id: `i-${index}`, type: 'host', name: `host-${index}`, tags: { service: `service-${Math.floor(index / PER_GROUP)}` } }
        yield { resource, metric: 'load', period: interval, timestamps: Float64Array.of(now), values: Float64Array.of(95), settledUntil: now + 1, status: 'complete' }
      }
    },
  }),
})

const monitor = defineMonitor({
  name: 'bench',
  every: '10s',
  watch: [fleet({ load: threshold({ warning: 70, critical: 90 }) })],
  notify: { hook: webhook({ url }) },
  groupBy: [GROUP_LABEL],
  groupWait: GROUP_WAIT,
  seriesLimit: WAVES * ALERTS,
})

const stop = new AbortController()
process.once('disconnect', () => stop.abort())
process.on('message', () => {
  wanted += 1
  if (wanted === 1) void run(monitor, { signal: stop.signal })
})
say('ready')
