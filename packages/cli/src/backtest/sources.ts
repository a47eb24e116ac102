import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filePast, newestPoint, offerPast, oneLine, parseDuration, type PastSource, type Monitor, storePast, type TocsinError, type WatchedRule } from '@tocsin/core'
import type { Invocation } from '../invocation.ts'
import { openLog } from '../run/log.ts'
import { openState } from '../run/open-state.ts'
import { instantOf } from '../time-options.ts'
import { usageError } from '../usage-error.ts'
import { agreeTo } from './cost.ts'
import type { BacktestFlags } from './flags.ts'
import { inputFiles } from './inputs.ts'
import type { ProblemLog } from './problems.ts'
import { openProgressBar } from './progress-bar.ts'
import { chosenRule, rulesOf } from './rules.ts'

/** The past that was asked for. */
export interface OpenSource {
  readonly source: PastSource
  /** In words: `2 files`. */
  readonly name: string
  /** What to do when there are no points in it. */
  readonly whenEmpty: string
  /** What people should know of it once it was read. */
  readonly notes?: () => readonly string[]
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
 * Files of points where some are named, with `--fetch` what the sources themselves still have, else what the monitor's state keeps of what it
 * saw.
 *
 * @throws TocsinError E600 when there is nothing to read, or not enough is said.
 */
export function openSource(invocation: Invocation, request: SourceRequest): Promise<OpenSource> {
  const open = request.flags.in.length > 0 ? openFiles : request.flags.fetch ? openFetched : openHistory
  return open(invocation, request)
}

async function openFiles({ shell }: Invocation, { monitor, flags, problems }: SourceRequest): Promise<OpenSource> {
  const rule = chosenRule(monitor, flags.rule)
  const files = await inputFiles(flags.in, shell.cwd)
  const since = flags.since === undefined ? undefined : await beginning(flags.since, monitor, async () => (await newestPoint(files)) ?? shell.now())
  const passedOver = new Map<string, number>()
  const source = await filePast(files, { rule, onProblem: problems.add, onPassedOver: (name, points) => void passedOver.set(name, points), ...(since === undefined ? {} : { since }) })
  return { source, name: files.length === 1 ? (files[0]?.name ?? '') : `${files.length} files`, whenEmpty: 'look at the files, or take an earlier --since', notes: () => passedOverNote(passedOver), close: async () => {} }
}

/** A file that is written newest first has one point: whoever gave it must know. */
function passedOverNote(passedOver: ReadonlyMap<string, number>): string[] {
  const [worst, ...others] = [...passedOver].toSorted(([, a], [, b]) => b - a)
  if (worst === undefined) return []
  const [name, points] = worst
  const counted = points === 1 ? '1 point of' : `${points.toLocaleString('en-US')} points of`
  const more = others.length === 0 ? '' : `, and some of ${others.length.toLocaleString('en-US')} more ${others.length === 1 ? 'file' : 'files'},`
  return [`${counted} ${oneLine(name)}${more} ${points === 1 && others.length === 0 ? 'is' : 'are'} not later than one before, and passed over: sort the lines by time if they should count`]
}

async function openHistory({ shell }: Invocation, { monitor, file, flags }: SourceRequest): Promise<OpenSource> {
  const wanted = flags.rule === undefined ? undefined : chosenRule(monitor, flags.rule)
  const { store } = await openState(monitor, file, shell.env, { readOnly: true })
  try {
    const whenEmpty = `let it run for a while, ask the sources themselves: --fetch, or give files of points: --in points.csv --rule ${wanted?.name ?? rulesOf(monitor)[0]?.name ?? 'ec2.cpu'}`
    if (store.history === undefined) throw nothingIn(SEEN, whenEmpty)
    const until = shell.now()
    const from = flags.since === undefined ? until - TWO_WEEKS : await beginning(flags.since, monitor, async () => until)
    return { source: await storePast(store.history, { name: monitor.name, watch: watchOf(monitor, wanted) }, { from, until }), name: SEEN, whenEmpty, close: () => store.close() }
  } catch (error) {
    await store.close()
    throw error
  }
}

async function openFetched(invocation: Invocation, { monitor, flags, problems }: SourceRequest): Promise<OpenSource> {
  const { shell } = invocation
  const wanted = flags.rule === undefined ? undefined : chosenRule(monitor, flags.rule)
  const until = shell.now()
  const from = flags.since === undefined ? until - TWO_WEEKS : await beginning(flags.since, monitor, async () => until)
  const log = openLog({ log: { level: 'warn' } }, invocation.debug)
  const offer = await offerPast({ ...monitor, watch: watchOf(monitor, wanted) }, { from, until, onProblem: problems.add, signal: shell.stop, logger: log })
  let folder: string | undefined
  const close = async (): Promise<void> => {
    await offer.close()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    await log.close()
  }
  const bar = openProgressBar(invocation)
  try {
    await agreeTo(offer, invocation, flags.yes)
    folder = await mkdtemp(join(tmpdir(), 'tocsin-past-'))
    const source = await offer.read(join(folder, 'points'), (share) => bar.show('reading', share))
    return {
      source,
      name: 'what the sources still have',
      whenEmpty: 'see the problems above; "tocsin run -n" shows what is there now',
      async close() {
        await source.close()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  } finally {
    bar.clear()
  }
}

/** The rules that are looked at, of all or of one. */
const watchOf = ({ watch }: Pick<Monitor, 'watch'>, wanted: WatchedRule | undefined): Monitor['watch'] => watch.map((one) => ({ ...one, rules: one.rules.filter((rule) => wanted === undefined || rule.name === wanted.name) }))

/** There is nothing to run over. */
export const nothingIn = (name: string, fix: string): TocsinError => usageError(`there are no points in ${name}`, fix, 'tocsin backtest')

/** The instant of `14d` before the newest point, or of a time. */
async function beginning(text: string, { timeZone }: Pick<Monitor, 'timeZone'>, newest: () => Promise<number>): Promise<number> {
  const length = parseDuration(text)
  const now = await newest()
  return length === undefined ? instantOf('--since', text, { now, timeZone, past: true, orLength: true }) : now - length
}
