import { relative } from 'node:path'
import { diagnose, type Finding, oneLine } from '@tocsin/core'
import { z } from 'zod'
import { storeFindings } from '../doctor/store-findings.ts'
import { exitCodeOf, strongest } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import { loadConfigured } from '../load.ts'
import type { Outcome } from '../outcome.ts'
import { type Problem, problemsOf } from '../problem.ts'
import { openLog } from '../run/log.ts'
import { statePlace } from '../run/state-path.ts'
import { columns } from '../text/columns.ts'
import { plainLines } from '../text/plain.ts'

const doctorOptions = z.object({ offline: z.boolean().default(false) })

/** `tocsin doctor`: tries what a monitor needs, and says of each thing that is wrong how to mend it. */
export async function doctor(invocation: Invocation): Promise<Outcome> {
  const { shell, paint, debug } = invocation
  const { offline } = doctorOptions.parse(invocation.options)
  const { monitor, file } = await loadConfigured(invocation)
  const log = openLog(monitor, debug)
  const [tried, stored] = await Promise.all([
    diagnose(monitor, { signal: shell.stop, logger: log, print: (text) => void shell.stderr.write(`${plainLines(text).join('\n')}\n`), offline }),
    storeFindings(monitor, statePlace(monitor, file, shell.env), { now: shell.now(), offline }),
  ])
  await log.close()
  const findings: readonly Finding[] = [{ check: 'configuration', of: relative(shell.cwd, file), state: 'ok', found: `monitor ${monitor.name}` }, ...stored, ...tried]
  const problems = findings.flatMap(problemOf)
  return {
    exit: strongest(problems.map(({ code }) => exitCodeOf(code))),
    data: { monitor: monitor.name, findings: findings.map(({ error, fix, ...finding }) => ({ ...finding, code: error?.code ?? null, fix: fix ?? null })) },
    lines: columns(
      [{ title: 'STATE' }, { title: 'CHECK' }, { title: 'OF' }, { title: 'FOUND' }],
      findings.map(({ state, check, of, found }) => [{ text: WORDS[state].text, style: WORDS[state].style }, { text: check }, { text: oneLine(of) }, { text: oneLine(found) }]),
      { paint },
    ),
    problems,
    notes: findings.flatMap(noteOf),
    next: problems.length === 0 ? 'tocsin run --continuous' : problems.some(({ code }) => code === 'E201') ? 'tocsin iam' : 'tocsin doctor',
  }
}

const WORDS = {
  ok: { text: 'ok', style: 'green' },
  warning: { text: 'LOOK', style: 'yellow' },
  failed: { text: 'FAILED', style: 'red' },
  untried: { text: '-', style: 'dim' },
} as const satisfies Record<Finding['state'], unknown>

const problemOf = ({ of, error }: Finding): Problem[] => (error === undefined ? [] : problemsOf(error).map((problem) => ({ ...problem, where: problem.where ?? oneLine(of) })))

/** What is no failure, with what can be done about it. */
const noteOf = ({ state, check, of, found, fix }: Finding): string[] => (state === 'failed' || fix === undefined ? [] : [`${check} ${oneLine(of)}: ${oneLine(found)} · ${oneLine(fix)}`])
