import { formatDuration } from '@tocsin/core'
import { type Column, columns, type Layout } from '../text/columns.ts'
import { levelStyle } from '../text/paint.ts'
import { consoleLink } from './alert-links.ts'
import type { CycleRow } from './cycle-rows.ts'

const COLUMNS: readonly Column[] = [
  { title: 'STATE' },
  { title: 'RESOURCE', least: 8 },
  { title: 'METRIC', least: 8 },
  { title: 'VALUE', align: 'right' },
  { title: 'SINCE', align: 'right' },
  { title: 'WHY', least: 8, optional: true },
  { title: 'TREND', optional: true },
  { title: 'PLACE', least: 6, optional: true },
]

export interface TableLayout extends Layout {
  /** The cycle's time, to count from. */
  readonly now: number
  /** The row's newest values as bars, where they are known. */
  readonly trend?: (row: CycleRow) => string
}

/** The watched series as a table. */
export function cycleTable(rows: readonly CycleRow[], { now, trend = () => '', ...layout }: TableLayout): string[] {
  if (rows.length === 0) return ['no series']
  return columns(
    COLUMNS,
    rows.map((row) => [
      { text: row.state, style: row.state === 'OK' || row.level !== 'none' ? levelStyle(row.level) : 'yellow' },
      { text: row.resource, ...consoleLink(row) },
      { text: row.metric },
      { text: row.value, ...(row.level === 'none' ? {} : { style: levelStyle(row.level) }) },
      { text: row.since === undefined ? '' : ageOf(row.since, now) },
      { text: row.note },
      { text: trend(row), style: 'cyan' },
      { text: row.place, style: 'dim' },
    ]),
    layout,
  )
}

/** How long ago something was, in words: `12m`, `now`. */
export const ageOf = (at: number, now: number): string => (now - at < 1_000 ? 'now' : formatDuration(now - at))

/** `6 watched · 1 red · 0 amber · 1 without data`. */
export function countLine(rows: readonly CycleRow[]): string {
  const count = (fits: (row: CycleRow) => boolean): number => rows.filter(fits).length
  const blind = count(({ state }) => state === 'NO DATA' || state === 'ERROR')
  return [
    `${rows.length} watched`,
    `${count(({ level }) => level === 'critical')} red`,
    `${count(({ level }) => level === 'warning')} amber`,
    ...(blind > 0 ? [`${blind} without data`] : []),
  ].join(' · ')
}
