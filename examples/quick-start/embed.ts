import { run, runOnce } from '@tocsin/core'
import monitor from './tocsin.config.ts'

const { observations, alerts } = await runOnce(monitor)
console.log(observations.length, alerts.length)

const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
await run(monitor, { signal: stop.signal })
