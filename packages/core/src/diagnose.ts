import { systemClock } from './clock.ts'
import type { Monitor } from './config/monitor.ts'
import { createSender } from './delivery/attempt.ts'
import { asTocsinError, TocsinError } from './errors.ts'
import { silentLogger } from './log/logger.ts'
import { formatDuration } from './model/duration.ts'
import type { Series } from './model/series.ts'
import type { Delivery } from './plugin/delivery.ts'
import type { Services } from './plugin/services.ts'
import type { Watch } from './plugin/rule.ts'
import type { RunOptions } from './run.ts'
import { collectFrom } from './runner/collect.ts'
import { createRateLimiter } from './services/rate-limit.ts'
import { createServices } from './services/create-services.ts'

/** One thing that was looked at. */
export interface Finding {
  /** What kind of thing, in a word: `credentials`, `regions`, `clock`, `source`, `freshness`, `channel`, `recorder`. */
  readonly check: string
  /** Which one: `ec2`, `notify.ops`. */
  readonly of: string
  /** `untried`: it could not be found out without doing something, or nobody wanted it. */
  readonly state: 'ok' | 'warning' | 'failed' | 'untried'
  /** What was found, in a few words. */
  readonly found: string
  /** What can be done about it. Absent where nothing need be. */
  readonly fix?: string
  /** What is wrong, for `failed`. */
  readonly error?: TocsinError
}

export interface DiagnoseOptions extends Pick<RunOptions, 'signal' | 'logger' | 'clock' | 'print'> {
  /** Asks nothing that is not on this machine. Default false. */
  readonly offline?: boolean
}

/** A clock that is off by more than this cannot sign for AWS: it refuses at five minutes. A minute is told before that. Milliseconds. */
const [CLOCK_WRONG, CLOCK_OFF] = [5 * 60_000, 60_000]
/** A newest point that is older than so many periods, and than a quarter of an hour, is late: sources take some periods to settle. */
const LATE_PERIODS = 5
const LATE_AT_LEAST = 15 * 60_000

/**
 * Tries everything that a monitor needs, without telling anybody anything and without keeping anything: environment, credentials, permissions,
 * regions, the age of points, channels. Sources are read once, as a pass does.
 */
export async function diagnose(monitor: Monitor, options: DiagnoseOptions = {}): Promise<Finding[]> {
  const { clock = systemClock, logger = silentLogger, print = (text: string) => void process.stderr.write(`${text}\n`), signal = new AbortController().signal, offline = false } = options
  const services = createServices(clock, logger, createRateLimiter(), print)
  try {
    const [sources, channels] = await Promise.all([
      Promise.all(monitor.watch.map((watch) => sourceFindings(watch, monitor, services, { signal, offline }))),
      Promise.all(Object.keys(monitor.notify).map((name) => channelFindings(name, monitor, services, { signal, offline }))),
    ])
    return worstClock(unrepeated([...sources.flatMap(({ findings }) => findings), ...channels.flat(), ...recorderFindings(monitor)]), sources.flatMap(({ clocks }) => clocks))
  } finally {
    await services.close()
  }
}

const untried = (check: string, of: string): Finding => ({ check, of, state: 'untried', found: 'not tried: offline' })

const failed = (check: string, of: string, error: TocsinError): Finding => ({ check, of, state: 'failed', found: `${error.code} ${error.message}`, fix: error.fix, error: error.at(of) })

/** Collectors share credentials: what is found of those is told once, with the names of all, and an error that several meet is told once. */
function unrepeated(findings: readonly Finding[]): Finding[] {
  const groups = Map.groupBy(findings, ({ check, of, state, found, error }) => JSON.stringify(error === undefined ? [check, state, found, check === 'credentials' || of] : String(error)))
  return [...groups.values()].flatMap(([first, ...others]) => (first === undefined ? [] : [{ ...first, of: [...new Set([first, ...others].map(({ of }) => of))].join(', ') }]))
}

/** Every source has told the time: the one that this machine is furthest from. */
function worstClock(findings: readonly Finding[], aheads: readonly number[]): Finding[] {
  const worst = aheads.reduce<number | undefined>((most, ahead) => (most === undefined || Math.abs(ahead) > Math.abs(most) ? ahead : most), undefined)
  return worst === undefined ? [...findings] : [clockFinding(worst), ...findings]
}

interface SourceFindings {
  readonly findings: readonly Finding[]
  /** By how much sources' clocks are ahead, milliseconds. */
  readonly clocks: readonly number[]
}

async function sourceFindings(watch: Watch, monitor: Monitor, services: Services, { signal, offline }: { readonly signal: AbortSignal; readonly offline: boolean }): Promise<SourceFindings> {
  const of = watch.collector
  if (offline) return { findings: [untried('source', of)], clocks: [] }
  const now = services.clock.now()
  let opened: ReturnType<Watch['open']> | undefined
  try {
    const collector = watch.open()
    opened = collector
    const wanted = new Set(watch.rules.map(({ metric }) => metric.name))
    const told = await bounded(services, monitor.collectTimeout, signal, async (limited) => (await collector.diagnose?.(wanted, { ...services, signal: limited, now, interval: monitor.every, fail: () => {} })) ?? [])
    const own = told.map(({ about, found }): Finding => (typeof found === 'string' ? { check: about, of, state: 'ok', found } : failed(about, of, found)))
    const { series, failures } = await collectFrom(watch, () => collector, services, { now, interval: monitor.every, timeout: monitor.collectTimeout, signal })
    const errors = failures.map(({ error }) => failed(error.code === 'E203' ? 'regions' : 'source', of, error))
    const fresh = freshness(of, series, services.clock.now(), failures.length > 0 || own.some(({ state }) => state === 'failed'))
    return { findings: [...own, ...errors, ...fresh], clocks: told.flatMap(({ clockAhead = [] }) => clockAhead) }
  } catch (error) {
    return { findings: [failed('source', of, asTocsinError(error, 'E200', { fix: 'see the log' }))], clocks: [] }
  } finally {
    await opened?.close?.()
  }
}

/** Work that is told to end when its time is up. */
async function bounded<T>({ clock }: Services, ms: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const [late, finished] = [new AbortController(), new AbortController()]
  void clock.sleep(ms, AbortSignal.any([signal, finished.signal])).then(() => finished.signal.aborted || late.abort())
  try {
    return await work(AbortSignal.any([signal, late.signal]))
  } finally {
    finished.abort()
  }
}

function clockFinding(ahead: number): Finding {
  const of = 'this machine'
  const found = `${Math.abs(ahead / 1_000).toFixed(1)} s ${ahead > 0 ? 'behind' : 'ahead of'} the clocks of its sources`
  const fix = 'set the clock of this machine: let chrony or systemd-timesyncd keep it'
  if (Math.abs(ahead) >= CLOCK_WRONG) return failed('clock', of, new TocsinError('E202', `this machine's clock is ${found}`, { fix, permanent: true }))
  return Math.abs(ahead) >= CLOCK_OFF ? { check: 'clock', of, state: 'warning', found, fix } : { check: 'clock', of, state: 'ok', found }
}

function freshness(of: string, series: readonly Series[], now: number, failing: boolean): Finding[] {
  if (series.length === 0) return failing ? [] : [{ check: 'freshness', of, state: 'warning', found: 'no series: there is nothing to watch', fix: 'check regions and filters' }]
  const ages = series.map(({ timestamps, period }) => ({ age: now - (timestamps.at(-1) ?? -Infinity), limit: Math.max(LATE_PERIODS * period, LATE_AT_LEAST) }))
  const empty = ages.filter(({ age }) => age === Infinity).length
  const late = ages.filter(({ age, limit }) => age !== Infinity && age > limit).length
  const newest = Math.min(...ages.map(({ age }) => age))
  const found = [
    `${series.length} series`,
    ...(newest === Infinity ? [] : [`newest point ${newest < 1_000 ? 'just now' : `${formatDuration(Math.round(newest / 1_000) * 1_000)} old`}`]),
    ...(late === 0 ? [] : [`${late} late`]),
    ...(empty === 0 ? [] : [`${empty} without a point`]),
  ].join(', ')
  if (late + empty === 0) return [{ check: 'freshness', of, state: 'ok', found }]
  return [{ check: 'freshness', of, state: 'warning', found, fix: empty > 0 ? 'see whether what sends these metrics runs there: an agent, detailed monitoring, the resource itself' : 'see whether the source is behind; rules judge a point when it comes' }]
}

async function channelFindings(name: string, { notify, sendTimeout }: Monitor, services: Services, { signal, offline }: { readonly signal: AbortSignal; readonly offline: boolean }): Promise<Finding[]> {
  const channel = notify[name]
  if (channel === undefined) return []
  const of = `notify.${name}`
  const missing = channel.check()
  if (missing.length > 0) return missing.map((error) => failed('channel', of, error))
  if (offline) return [untried('channel', of)]
  const sender = createSender(name, channel, services, sendTimeout)
  try {
    return [channelFinding(of, name, await sender.probe(signal))]
  } finally {
    await sender.close()
  }
}

function channelFinding(of: string, name: string, probed: Delivery | undefined): Finding {
  if (probed === undefined) return { check: 'channel', of, state: 'untried', found: 'not tried: only a message tells', fix: `tocsin test-notify ${name}` }
  if (probed.outcome === 'delivered') return { check: 'channel', of, state: 'ok', found: probed.reference ?? 'answers' }
  const gone = probed.outcome === 'permanent'
  return failed('channel', of, new TocsinError(gone ? 'E301' : 'E302', probed.reason, { where: of, fix: gone ? 'correct the channel in the configuration, or at the receiver' : 'check that the receiver can be reached from here', permanent: gone }))
}

/** What would keep recorders from working here. Whether their destination takes anything only a recording tells. */
function recorderFindings({ record }: Monitor): Finding[] {
  return Object.entries(record).flatMap(([name, sink]): Finding[] => {
    const of = `record.${name}`
    const missing = sink.check()
    if (missing.length > 0) return missing.map((error) => failed('recorder', of, error))
    return [{ check: 'recorder', of, state: 'untried', found: 'not tried: only a recording tells', fix: 'tocsin run' }]
  })
}
