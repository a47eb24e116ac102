import { ec2 } from '@tocsin/collector-ec2'
import { defineMonitor, runOnce } from '@tocsin/core'
import { threshold } from '@tocsin/evaluator-threshold'
import { webhook } from '@tocsin/notifier-webhook'
import { openPostgresStore } from '@tocsin/store-sql'

const { TOCSIN_STATE = '', WEBHOOK_URL = '', AWS_REGION = '' } = process.env

const monitor = defineMonitor({
  name: 'fleet',
  every: '1m',
  watch: [ec2({ regions: [AWS_REGION] }, { cpu: threshold({ warning: 70, critical: 80 }) })],
  notify: { ops: webhook({ url: WEBHOOK_URL }) },
})

/** What of Lambda's context is used. */
interface Context {
  getRemainingTimeInMillis(): number
}

/** One pass for each event of the schedule. What was told is kept in PostgreSQL, because nothing of a function outlives its call. */
export async function handler(_event: unknown, context: Context) {
  const store = await openPostgresStore(TOCSIN_STATE)
  try {
    // Stops in time to put back what could not be sent.
    const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - 6_000))
    const { observations, alerts, failures, deliveries } = await runOnce(monitor, { store, signal })
    // A source that cannot be read shows in Lambda's own metrics, too.
    if (failures.length > 0) throw new Error(failures.map(({ error }) => String(error)).join('\n'))
    return { watched: observations.length, alerts: alerts.length, told: deliveries.length }
  } finally {
    await store.close()
  }
}
