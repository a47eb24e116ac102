import { envelopeLine } from '../outcome.ts'
import type { Job } from '../run/job.ts'
import { troubles } from '../run/trouble.ts'
import { plainLines } from '../text/plain.ts'
import { cycleJson } from './cycle-json.ts'
import type { RunView } from './run-view.ts'

/** One envelope a line for each pass. */
export function jsonView({ invocation: { shell }, dryRun }: Job): RunView {
  return {
    cycle(result) {
      const problems = troubles(result)
      shell.stdout.write(`${envelopeLine('run', { ok: problems.length === 0, data: cycleJson(result, dryRun), problems })}\n`)
    },
    // Every delivery stands in the envelope of the next pass.
    delivery: () => {},
    message: (text) => void shell.stderr.write(`${plainLines(text).join('\n')}\n`),
    reloaded: () => void shell.stderr.write('another configuration took over\n'),
    close: () => {},
  }
}
