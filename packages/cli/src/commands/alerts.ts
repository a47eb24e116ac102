import { activeAlerts, type AlertRecord, formatDuration, formatQuantity, labelsNow, type ListedSilence, type Monitor, oneLine, rank, type Store } from '@tocsin/core'
import { EXIT } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'
import type { Outcome } from '../outcome.ts'
import { withState } from '../run/open-state.ts'
import { silencesNow } from '../run/silences-now.ts'
import { type Column, columns } from '../text/columns.ts'
import { linkFor } from '../text/link.ts'
import { levelStyle } from '../text/paint.ts'
import { consoleLink, runbookLink } from '../view/alert-links.ts'
import { attentionJson, attentionNow, attentionWords } from '../view/attention-words.ts'
import { shortId } from '../view/change-line.ts'
import { alertJson, isoTime } from '../view/cycle-json.ts'
import { ageOf } from '../view/cycle-table.ts'
import { metricOf, noteOf, placeOf, stateWord } from '../view/cycle-rows.ts'
import { silenceText } from '../view/silence-words.ts'

/** A list that is older than this many intervals is said to be old. */
const FRESH_INTERVALS = 3

/** `tocsin alerts`: what is active, as the last run left it, and who deals with it. */
export function alerts(invocation: Invocation): Promise<Outcome> {
  const { shell, paint } = invocation
  return withState(invocation, { readOnly: true }, async ({ monitor, store, path, now }) => {
    const passedAt = await store.transaction(async (tx) => (await tx.progress.get(monitor.name))?.value.evaluatedAt)
    const active = (await readAlerts(store, monitor, now)).toSorted((a, b) => rank(b.alert.state.level) - rank(a.alert.state.level) || a.alert.subject.resource.name.localeCompare(b.alert.subject.resource.name, 'en'))
    const note = ageNote(monitor, path, passedAt, now)
    return {
      exit: EXIT.fine,
      data: {
        monitor: monitor.name,
        state: path,
        lastPass: isoTime(passedAt ?? Number.NaN),
        stale: note !== undefined,
        alerts: active.map(({ alert, attention, silences }) => ({ ...alertJson(alert), ...attentionJson(attention), silences: silences.map(({ id }) => id) })),
      },
      lines: active.length === 0 ? ['no active alerts'] : table(active, now, { paint, link: linkFor(shell), ...(shell.stdout.isTTY === true ? { width: shell.stdout.columns ?? 80 } : {}) }),
      notes: note === undefined ? [] : [note],
      next: nextOf(active, note),
    }
  })
}

/** An active alert, what people have said of it, and the silences that hide it. */
interface Active {
  readonly alert: AlertRecord
  readonly attention: ReturnType<typeof attentionNow>
  readonly silences: readonly ListedSilence['silence'][]
}

/** What may help most: to take on what nobody deals with. */
function nextOf(active: readonly Active[], note: string | undefined): string {
  if (note !== undefined) return 'tocsin run'
  const open = active.find(({ alert, attention, silences }) => alert.state.level !== 'none' && attentionWords(attention, 0).length === 0 && silences.length === 0)
  return open === undefined ? 'tocsin run --continuous' : `tocsin ack ${shortId(open.alert.subject.fingerprint)}`
}

async function readAlerts(store: Store, { name }: Monitor, now: number): Promise<Active[]> {
  const found = await activeAlerts(store, name)
  const handling = new Map((await store.transaction((tx) => tx.handling.list(name))).map(({ id, value }) => [id, value]))
  const hidden = await silencesNow(store, name, now)
  return found.map((alert) => ({ alert, attention: attentionNow(handling.get(alert.subject.fingerprint)?.attention, alert, now), silences: hidden(labelsNow(alert)) }))
}

function ageNote({ every }: Monitor, state: string, passedAt: number | undefined, now: number): string | undefined {
  if (passedAt === undefined) return `no run has kept anything yet in ${oneLine(state)}`
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
  { title: 'HANDLED', least: 12 },
  { title: 'WHY', least: 8, optional: true },
  { title: 'PLACE', least: 6, optional: true },
]

function table(active: readonly Active[], now: number, layout: Parameters<typeof columns>[2]): string[] {
  return columns(
    COLUMNS,
    active.map(({ alert, attention, silences }) => {
      const { subject, state } = alert
      const since = state.episode?.firedAt ?? state.episode?.startedAt
      return [
        { text: stateWord(state), style: levelStyle(state.level) },
        { text: oneLine(subject.resource.name), ...consoleLink(subject.resource) },
        { text: metricOf(subject) },
        { text: formatQuantity(state.value, subject.unit) },
        { text: since === undefined ? '' : ageOf(since, now) },
        { text: oneLine(subject.rule), ...runbookLink(subject) },
        { text: shortId(subject.fingerprint) },
        { text: [...attentionWords(attention, now), ...silences.map((silence) => silenceText(silence, now))].join('; '), style: 'cyan' },
        { text: noteOf(state, alert) },
        { text: placeOf(subject.resource), style: 'dim' },
      ]
    }),
    layout,
  )
}
