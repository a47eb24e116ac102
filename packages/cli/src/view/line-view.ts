import type { AlertRecord, Monitor } from '@tocsin/core'
import { problemLine } from '../problem.ts'
import type { Job } from '../run/job.ts'
import { deliveryProblem } from '../run/trouble.ts'
import { plainLines } from '../text/plain.ts'
import { isoTime } from './cycle-json.ts'
import { newsReader } from './news.ts'
import type { RunView } from './run-view.ts'

/** One line for each change on stdout, for a file or a pipe; messages on stderr. */
export function lineView({ monitor, invocation: { shell }, dryRun }: Job, active: readonly AlertRecord[]): RunView {
  const newsOf = newsReader(active, dryRun)
  const say = (text: string): void => void shell.stderr.write(`${text}\n`)
  const watching = ({ watch }: Pick<Monitor, 'watch'>): string => `watching ${watch.map(({ collector }) => collector).join(', ')}${dryRun ? '; dry run, nobody is told' : ''}`
  say(watching(monitor))
  return {
    cycle(result) {
      const { changes, failing, recovered, keptBack } = newsOf(result)
      for (const line of [...changes, ...keptBack]) shell.stdout.write(`${isoTime(result.at)} ${line}\n`)
      for (const problem of failing) say(problemLine(problem))
      for (const line of recovered) say(line)
    },
    delivery(report) {
      if (report.result.outcome !== 'delivered') say(problemLine(deliveryProblem(report)))
    },
    message: (text) => say(plainLines(text).join('\n')),
    reloaded: (next) => say(`another configuration took over: ${watching(next)}`),
    close: () => {},
  }
}
