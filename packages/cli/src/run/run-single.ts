import { type CycleResult, composeMessage, oneLine, runOnce } from '@tocsin/core'
import { EXIT, type ExitCode, exitCodeOf, strongest } from '../exit-code.ts'
import type { Outcome } from '../outcome.ts'
import { linkFor } from '../text/link.ts'
import { plainLines } from '../text/plain.ts'
import { cycleJson } from '../view/cycle-json.ts'
import { cycleRows, isAboutItself } from '../view/cycle-rows.ts'
import { countLine, cycleTable } from '../view/cycle-table.ts'
import { openLog } from './log.ts'
import type { Job } from './job.ts'
import { troubles } from './trouble.ts'

/** One pass, for cron and CI. */
export async function runSingle(job: Job, exitCode: boolean): Promise<Outcome> {
  const { monitor, store, invocation, dryRun, only } = job
  const { shell, paint, debug } = invocation
  const say = (text: string): void => void shell.stderr.write(`${plainLines(text).join('\n')}\n`)
  const log = openLog(monitor, debug)
  try {
    const result = await runOnce(monitor, { signal: shell.stop, store, logger: log, print: say, dryRun, ...(only === undefined ? {} : { only }) })
    const rows = cycleRows(result)
    const problems = troubles(result)
    return {
      exit: strongest([...problems.map(({ code }) => exitCodeOf(code)), ...(exitCode ? [worstLevel(result)] : [])]),
      data: cycleJson(result, dryRun),
      lines: [...cycleTable(rows, { now: result.at, paint, link: linkFor(shell), ...(shell.stdout.isTTY === true ? { width: shell.stdout.columns ?? 80 } : {}) }), '', ...toldLines(result, dryRun), summary(job, countLine(rows))],
      problems,
      next: rows.some(({ level }) => level !== 'none') ? 'tocsin alerts' : 'tocsin run --continuous',
    }
  } finally {
    await log.close()
  }
}

/** The worst level of what is watched. Alerts of Tocsin about itself are left out: their causes have exit codes of their own. */
function worstLevel({ alerts }: CycleResult): ExitCode {
  const levels = new Set(alerts.filter(({ subject }) => !isAboutItself(subject)).map(({ state }) => state.level))
  return levels.has('critical') ? EXIT.critical : levels.has('warning') ? EXIT.warning : EXIT.fine
}

/** Who heard what: `told ops: RED web-3 cpu 91% (> 80%)`. */
function toldLines({ notifications, deliveries }: CycleResult, dryRun: boolean): string[] {
  if (dryRun) return notifications.map((notification) => `would tell ${oneLine(notification.receiver)}: ${oneLine(composeMessage(notification).title)}`)
  return deliveries.filter(({ result }) => result.outcome === 'delivered').map(({ receiver, title }) => `told ${oneLine(receiver)}: ${oneLine(title)}`)
}

const summary = ({ monitor, dryRun }: Job, counts: string): string => `${monitor.name}: ${counts}${dryRun ? ' · dry run, nobody was told' : ''}`
