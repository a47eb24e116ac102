import { activeAlerts, type AlertRecord, formatDuration, formatQuantity, type Monitor, rank, oneLine } from '@tocsin/core'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { withState } from '../run/open-state.ts'
import { lastPass } from '../run/state-path.ts'
import { type Column, columns } from '../text/columns.ts'
import { levelStyle } from '../text/paint.ts'
import { shortId } from '../view/change-line.ts'
import { alertJson, isoTime } from '../view/cycle-json.ts'
import { ageOf } from '../view/cycle-table.ts'
import { metricOf, noteOf, placeOf, stateWord } from '../view/cycle-rows.ts'

/** A list that is older than this many intervals is said to be old. */
const FRESH_INTERVALS = 3

/** `tocsin alerts`: what is active, as the last run left it. */
export function alerts(invocation: Invocation): Promise<Outcome> {
  const { shell, paint } = invocation
  return withState(invocation, { readOnly: true }, async ({ monitor, store, path, now }) => {
    const passedAt = await lastPass(store, monitor.name)
    const active = (await activeAlerts(store, monitor.name)).toSorted((a, b) => rank(b.state.level) - rank(a.state.level))
    const note = ageNote(monitor, path, passedAt, now)
    return {
      exit: EXIT.fine,
      data: { monitor: monitor.name, stateFile: path, lastPass: passedAt === undefined ? null : isoTime(passedAt), stale: note !== undefined, alerts: active.map(alertJson) },
      lines: active.length === 0 ? ['no active alerts'] : table(active, now, { paint, ...(shell.stdout.isTTY === true ? { width: shell.stdout.columns ?? 80 } : {}) }),
      notes: note === undefined ? [] : [note],
      next: note === undefined ? 'tocsin run --continuous' : 'tocsin run',
    }
  })
}

function ageNote({ every }: Monitor, path: string, passedAt: number | undefined, now: number): string | undefined {
  if (passedAt === undefined) return `no run has kept anything yet: there is nothing in ${oneLine(path)}`
  const age = now - passedAt
  return age > FRESH_INTERVALS * every ? `the last pass was ${formatDuration(age)} ago, the interval is ${formatDuration(every)}: is it still running?` : undefined
}

const COLUMNS: readonly Column[] = [
  { title: 'LEVEL' },
  { title: 'RESOURCE', least: 8 },
  { title: 'METRIC', least: 8 },
  { title: 'VALUE', align: 'right' },
  { title: 'SINCE', align: 'right' },
  { title: 'RULE' },
  { title: 'ID' },
  { title: 'WHY', least: 8, optional: true },
  { title: 'PLACE', least: 6, optional: true },
]

function table(active: readonly AlertRecord[], now: number, layout: Parameters<typeof columns>[2]): string[] {
  return columns(
    COLUMNS,
    active.map((alert) => {
      const { subject, state } = alert
      const since = state.episode?.firedAt ?? state.episode?.startedAt
      return [
        { text: stateWord(state), style: levelStyle(state.level) },
        { text: oneLine(subject.resource.name) },
        { text: metricOf(subject) },
        { text: formatQuantity(state.value, subject.unit) },
        { text: since === undefined ? '' : ageOf(since, now) },
        { text: oneLine(subject.rule) },
        { text: shortId(subject.fingerprint) },
        { text: noteOf(state, alert) },
        { text: placeOf(subject.resource), style: 'dim' },
      ]
    }),
    layout,
  )
}
