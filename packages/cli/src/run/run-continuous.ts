import { activeAlerts, run } from '@tocsin/core'
import { EXIT } from '../exit-code.ts'
import { type Outcome, PRINTED } from '../outcome.ts'
import { jsonView } from '../view/json-view.ts'
import { lineView } from '../view/line-view.ts'
import { liveView } from '../view/live-view.ts'
import type { RunView } from '../view/run-view.ts'
import type { ContinuousJob, Job } from './job.ts'
import { openLog } from './log.ts'

/** Pass after pass, until the process is asked to stop or nobody reads any more, by the newest configuration that is sound. */
export async function runContinuous(job: ContinuousJob): Promise<Outcome> {
  const { monitor, store, invocation, dryRun, standby, only, reloads } = job
  const { shell, debug } = invocation
  const view = viewFor(job, await activeAlerts(store, monitor.name))
  const log = openLog(monitor, debug, view.log)
  try {
    await run(monitor, {
      signal: AbortSignal.any([shell.stop, shell.unread]),
      store,
      logger: log,
      dryRun,
      standby,
      reloads,
      onReload: (next) => view.reloaded(next),
      ...(only === undefined ? {} : { only }),
      print: (text) => view.message(text),
      onCycle: (result) => view.cycle(result),
      onDelivery: (report) => view.delivery(report),
    })
  } finally {
    view.close()
    await log.close()
  }
  return { exit: EXIT.fine, data: PRINTED }
}

function viewFor(job: Job, active: Awaited<ReturnType<typeof activeAlerts>>): RunView {
  const { json, shell } = job.invocation
  if (json) return jsonView(job)
  return shell.stdout.isTTY === true && shell.env['TERM'] !== 'dumb' ? liveView(job, active) : lineView(job, active)
}
