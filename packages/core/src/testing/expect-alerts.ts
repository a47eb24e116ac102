import { AssertionError } from 'node:assert'
import { subjectOf } from '../alerting/subject.ts'
import { backtest, type BacktestResult } from '../backtest/backtest.ts'
import type { PastSeries } from '../backtest/past-window.ts'
import type { Monitor } from '../config/monitor.ts'
import { composeMessage } from '../message/compose.ts'
import { formatDuration } from '../model/duration.ts'
import { levelWord } from '../model/level.ts'
import type { Transition } from '../model/transition.ts'
import { levelsDiff, messagesDiff } from './expect-alerts-diff.ts'
import { type GivenRow, type GivenValues, levelWords, readGiven } from './expect-alerts-input.ts'

export interface ExpectAlertsOptions {
  /** When the first value is measured, ISO 8601 with an offset: tests mean the same on every machine. Default `2026-01-05T12:00:00Z`, a Monday: mute windows look at it. */
  readonly from?: string
}

/** What a monitor makes of values. Each check fails with a readable difference; both may be asked. */
export interface ExpectedAlerts {
  /**
   * Fails unless the alert is at these levels, one for each value: `'OK AMBER REDx3'`. Of several series, levels by their names; a composite is
   * named as `composite.<name>`.
   *
   * @throws AssertionError of `node:assert`.
   */
  toBe(levels: string | Readonly<Record<string, string>>): Promise<void>
  /**
   * Fails unless exactly these messages are sent, in this order: `'ops RED web-1'` is the receiver and the beginning of the message, `'7m ops RED'` says
   * after how long, too. A pattern is compared with the whole, `7m ops RED web-1 cpu 91% (> 80%)`.
   *
   * @throws AssertionError of `node:assert`.
   */
  toTell(messages: readonly (string | RegExp)[]): Promise<void>
}

const MINUTE = 60_000
const WITH_OFFSET = /T.*(?:Z|[+-]\d\d:\d\d)$/

/**
 * Runs a monitor on values, one a minute, through the production evaluators, alert engine and routing, on a virtual clock. Nothing is collected
 * and nothing is sent. Works with any test framework.
 *
 * ```ts
 * await expectAlerts(monitor, { 'ec2.cpu': '40 70 85 85 - 50' }).toBe('OK AMBER RED RED RED OK')
 * await expectAlerts(monitor, { 'ec2.cpu/web-1': '40 91x10', 'ec2.cpu/web-2': '40x11' }).toTell(['5m ops RED web-1'])
 * ```
 *
 * @param given values by `<rule>` or `<rule>/<resource>`: the rule is `<collector>.<metric>`, or the metric where only one rule has it; the
 * resource is `web-1` where none is named.
 */
export function expectAlerts(monitor: Monitor, given: Readonly<Record<string, GivenValues>>, { from = '2026-01-05T12:00:00Z' }: ExpectAlertsOptions = {}): ExpectedAlerts {
  let running: Promise<Played> | undefined
  const played = (): Promise<Played> => (running ??= play(monitor, given, from))
  return {
    async toBe(levels) {
      const { rows, result, start } = await played()
      const wanted = typeof levels === 'string' ? { [onlyOne(rows)]: levels } : levels
      for (const [name, text] of Object.entries(wanted)) expectLevels(name, levelWords(text), { rows, result, start, monitor })
    },
    async toTell(messages) {
      const { result, start } = await played()
      const told = result.notifications.map((notification) => `${after(notification.at - start)} ${notification.receiver} ${composeMessage(notification).title}`)
      const diff = messagesDiff(messages, told)
      if (diff !== undefined) throw new AssertionError({ message: diff, actual: told, expected: messages.map(String), operator: 'toTell' })
    },
  }
}

interface Played {
  readonly rows: readonly GivenRow[]
  readonly result: BacktestResult
  readonly start: number
}

async function play(monitor: Monitor, given: Readonly<Record<string, GivenValues>>, from: string): Promise<Played> {
  const start = WITH_OFFSET.test(from) ? Date.parse(from) : NaN
  if (Number.isNaN(start)) throw new TypeError(`"from" cannot be "${from}": write it as 2026-01-05T12:00:00Z`)
  const rows = readGiven(monitor, given)
  const until = start + Math.max(1, ...rows.map(({ values }) => values.length)) * MINUTE
  return { rows, start, result: await backtest(monitor, { windows: [{ from: start, until, series: rows.map((row) => pastOf(row, start)) }] }) }
}

function pastOf({ rule, resource, labels, values }: GivenRow, start: number): PastSeries {
  const present = values.flatMap((value, minute) => (Number.isNaN(value) ? [] : [{ at: start + minute * MINUTE, value }]))
  const end = start + values.length * MINUTE
  return {
    rule: rule.name,
    knownUntil: end,
    series: {
      resource,
      metric: rule.metric.name,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      period: MINUTE,
      timestamps: Float64Array.from(present, ({ at }) => at),
      values: Float64Array.from(present, ({ value }) => value),
      settledUntil: end,
      status: 'complete',
    },
  }
}

function onlyOne(rows: readonly GivenRow[]): string {
  const [row] = rows
  if (row === undefined || rows.length > 1) throw new TypeError(`${rows.length} series are given: give levels by their names, { '${row?.name ?? 'ec2.cpu'}': 'OK RED' }`)
  return row.name
}

function expectLevels(name: string, expected: readonly string[], { rows, result, start, monitor }: Played & { readonly monitor: Monitor }): void {
  const row = rows.find((one) => one.name === name)
  const id = row === undefined ? composite(name, result) : subjectOf(row, row.rule, monitor).fingerprint
  const minutes = row?.values.length ?? Math.max(...rows.map(({ values }) => values.length))
  if (expected.length !== minutes) throw new TypeError(`${name} has ${minutes} values and ${expected.length} expected levels`)
  const happened = result.transitions.filter(({ fingerprint }) => fingerprint === id)
  const got = expected.map((_, minute) => levelWord(happened.findLast(({ at }) => at <= start + minute * MINUTE)?.to ?? 'none'))
  const diff = levelsDiff({ name, values: row?.texts ?? [], expected, got, happened: happened.map((one) => happenedText(one, start)) })
  if (diff !== undefined) throw new AssertionError({ message: diff, actual: got.join(' '), expected: expected.join(' '), operator: 'toBe' })
}

/** The identity of an alert that is made of others, by its rule; it may never have been judged. */
function composite(name: string, { alerts }: BacktestResult): string | undefined {
  if (!name.startsWith('composite.')) throw new TypeError(`no series "${name}" is given`)
  return [...alerts].find(([, { subject }]) => subject.rule === name)?.[0]
}

const happenedText = ({ at, kind, from, to, code, reason }: Transition, start: number): string => `${after(at - start)} ${kind}${from === to ? '' : ` ${levelWord(from)} -> ${levelWord(to)}`} (${code}${reason === '' ? '' : `: ${reason}`})`

/** `7m30s`. */
const after = (ms: number): string => (ms === 0 ? '0s' : formatDuration(ms).replaceAll(' ', ''))
