import { type AlertRecord, type CycleResult, formatDuration, type Monitor, oneLine } from '@tocsin/core'
import { problemLine } from '../problem.ts'
import type { Job } from '../run/job.ts'
import { deliveryProblem } from '../run/trouble.ts'
import { plainLines } from '../text/plain.ts'
import { sparkline } from '../text/sparkline.ts'
import { type CycleRow, cycleRows, seriesKey } from './cycle-rows.ts'
import { liveFrame, type LiveState } from './live-frame.ts'
import { newsReader } from './news.ts'
import type { RunView } from './run-view.ts'
import { openScreen } from './screen.ts'
import { startHints } from './start-hints.ts'

/** Passes that the trend shows. */
const TREND = 16
/** Messages that are kept to be shown again when the run ends. */
const MOST_MESSAGES = 200

/** A table that is drawn in place, the newest messages below it. What it showed last is left on the terminal when it ends. */
export function liveView(job: Job, active: readonly AlertRecord[]): RunView {
  const { invocation, dryRun, stateFile } = job
  let { monitor } = job
  const { shell, paint } = invocation
  const newsOf = newsReader(active, dryRun)
  const history = valueHistory()
  let messages: readonly string[] = startHints(monitor)
  let state: Omit<LiveState, 'messages'> = {
    name: monitor.name,
    detail: rhythm(monitor, dryRun),
    rows: [],
    now: undefined,
    trend: (row) => history.trend(row),
    footer: `Ctrl-C stops · alerts are kept in ${oneLine(stateFile)}`,
  }
  let passes = 0
  // Where every alert is told here by a notifier, telling its change too would tell it twice.
  const isToldHere = ({ notify }: Monitor): boolean => !dryRun && Object.values(notify).some(({ use }) => use === 'console')
  let toldHere = isToldHere(monitor)

  const screen = openScreen(shell.stdout, (size) => liveFrame({ ...state, messages }, size, paint))
  const add = (lines: readonly string[]): void => {
    messages = [...messages, ...lines].slice(-MOST_MESSAGES)
    screen.draw()
  }
  const stamped = (at: number, lines: readonly string[]): string[] => lines.map((line) => `${timeOfDay(at, monitor.timeZone)} ${line}`)
  const close = (): void => {
    if (!screen.close()) return
    process.off('exit', close)
    const width = shell.stdout.columns ?? 80
    const height = messages.length + state.rows.length + 8
    shell.stdout.write(`${liveFrame({ ...state, messages, footer: 'stopped' }, { width, height }, paint).join('\n')}\n`)
  }
  process.on('exit', close)

  return {
    cycle(result) {
      passes += 1
      history.note(result)
      const time = `${timeOfDay(result.at, monitor.timeZone)} ${monitor.timeZone}`
      state = { ...state, detail: `${rhythm(monitor, dryRun)} · pass ${passes} at ${time}`, rows: cycleRows(result), now: result.at }
      const { changes, failing, recovered, keptBack } = newsOf(result)
      add(stamped(result.at, [...(toldHere ? [] : changes), ...failing.map(problemLine), ...recovered, ...keptBack]))
    },
    delivery(report) {
      const { receiver, title, result } = report
      if (result.outcome !== 'delivered') add(stamped(shell.now(), [problemLine(deliveryProblem(report))]))
      // A console notifier has just shown the message here.
      else if (monitor.notify[receiver]?.use !== 'console') add(stamped(shell.now(), [`told ${oneLine(receiver)}${toldHere ? '' : `: ${oneLine(title)}`}`]))
    },
    message(text) {
      const [first = '', ...rest] = plainLines(text)
      add([...stamped(shell.now(), [first]), ...rest])
    },
    reloaded(next) {
      monitor = next
      toldHere = isToldHere(next)
      add(stamped(shell.now(), ['another configuration took over']))
    },
    log: (line) => add(stamped(shell.now(), [line])),
    close,
  }
}

const rhythm = ({ every, schedule }: Monitor, dryRun: boolean): string =>
  `${dryRun ? 'dry run, nobody is told · ' : ''}${schedule === undefined ? `every ${formatDuration(every)}` : oneLine(schedule)}`

function timeOfDay(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at)
}

/** The newest values of every series that is still seen. */
function valueHistory(): { note(result: CycleResult): void; trend(row: CycleRow): string } {
  let values = new Map<string, { readonly newest: readonly number[]; readonly percent: boolean }>()
  return {
    note({ observations }) {
      values = new Map(
        observations.map((observation) => {
          const key = seriesKey(observation)
          return [key, { newest: [...(values.get(key)?.newest ?? []), observation.value].slice(-TREND), percent: observation.unit === 'percent' }]
        }),
      )
    },
    trend(row) {
      const known = values.get(row.key)
      if (known === undefined || known.newest.length < 2) return ''
      return sparkline(known.newest, known.percent ? [0, 100] : undefined)
    },
  }
}
