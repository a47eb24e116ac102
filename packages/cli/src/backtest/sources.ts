import { filePast, newestPoint, parseDuration, type PastHistory, type PastSource, type Monitor, storePast, type TocsinError } from '@tocsin/core'
import type { Invocation } from '../invocation.ts'
import { openState } from '../run/open-state.ts'
import { instantOf } from '../time-options.ts'
import { usageError } from '../usage-error.ts'
import type { BacktestFlags } from './flags.ts'
import { inputFiles } from './inputs.ts'
import type { ProblemLog } from './problems.ts'
import { chosenRule, rulesOf } from './rules.ts'

/** The past that was asked for. */
export interface OpenSource {
  readonly source: PastSource
  /** In words: `2 files`. */
  readonly name: string
  /** What to do when there are no points in it. */
  readonly whenEmpty: string
  close(): Promise<void>
}

export interface SourceRequest {
  readonly monitor: Monitor
  /** Of the configuration, absolute. */
  readonly file: string
  readonly flags: BacktestFlags
  readonly problems: ProblemLog
}

const SEEN = 'what the monitor saw'
const TWO_WEEKS = 14 * 86_400_000

/**
 * Files of points where some are named, else what the monitor's state keeps of what it saw.
 *
 * @throws TocsinError E600 when there is nothing to read, or not enough is said.
 */
export function openSource(invocation: Invocation, request: SourceRequest): Promise<OpenSource> {
  return request.flags.in.length > 0 ? openFiles(invocation, request) : openHistory(invocation, request)
}

async function openFiles({ shell }: Invocation, { monitor, flags, problems }: SourceRequest): Promise<OpenSource> {
  const rule = chosenRule(monitor, flags.rule)
  const files = await inputFiles(flags.in, shell.cwd)
  const since = flags.since === undefined ? undefined : await beginning(flags.since, monitor, async () => (await newestPoint(files)) ?? shell.now())
  const source = await filePast(files, { rule, onProblem: problems.add, ...(since === undefined ? {} : { since }) })
  return { source, name: files.length === 1 ? (files[0]?.name ?? '') : `${files.length} files`, whenEmpty: 'look at the files, or take an earlier --since', close: async () => {} }
}

async function openHistory({ shell }: Invocation, { monitor, file, flags }: SourceRequest): Promise<OpenSource> {
  const wanted = flags.rule === undefined ? undefined : chosenRule(monitor, flags.rule)
  const { store } = await openState(monitor, file, shell.env, { readOnly: true })
  try {
    const whenEmpty = `let it run for a while, or give files of points: --in points.csv --rule ${wanted?.name ?? rulesOf(monitor)[0]?.name ?? 'ec2.cpu'}`
    const history = 'history' in store ? store.history : undefined
    if (!isHistory(history)) throw nothingIn(SEEN, whenEmpty)
    const until = shell.now()
    const from = flags.since === undefined ? until - TWO_WEEKS : await beginning(flags.since, monitor, async () => until)
    const watch = monitor.watch.map((one) => ({ ...one, rules: one.rules.filter((rule) => wanted === undefined || rule.name === wanted.name) }))
    return { source: await storePast(history, { name: monitor.name, watch }, { from, until }), name: SEEN, whenEmpty, close: () => store.close() }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** There is nothing to run over. */
export const nothingIn = (name: string, fix: string): TocsinError => usageError(`there are no points in ${name}`, fix, 'tocsin backtest')

function isHistory(value: unknown): value is PastHistory {
  return typeof value === 'object' && value !== null && 'series' in value && typeof value.series === 'function' && 'points' in value && typeof value.points === 'function'
}

/** The instant of `14d` before the newest point, or of a time. */
async function beginning(text: string, { timeZone }: Pick<Monitor, 'timeZone'>, newest: () => Promise<number>): Promise<number> {
  const length = parseDuration(text)
  const now = await newest()
  return length === undefined ? instantOf('--since', text, { now, timeZone }) : now - length
}
