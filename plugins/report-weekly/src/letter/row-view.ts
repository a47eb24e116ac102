import { formatQuantity, type Level, levelWord, type Unit } from '@tocsin/core'
import { CHART } from '../chart/chart.ts'
import { SPARKLINE } from '../chart/sparkline.ts'
import type { CoursePoint, Figures, Row, RowValues } from '../figures.ts'
import { type Look, LOOKS } from './style.ts'
import { missing } from './top-action.ts'
import { clean, metricName, minutesLong, placeName, whenIn } from './words.ts'

/** A picture as a template sees it. */
export interface ImageView {
  /** What `cid:` refers to. */
  readonly cid: string
  readonly width: number
  readonly height: number
  /** The numbers of the picture, for those who do not see it. */
  readonly alt: string
}

/** One metric of one resource as a template sees it. */
export interface RowView {
  readonly resource: string
  /** `prod eu-central-1`; empty where there is neither. */
  readonly place: string
  /** With its dimensions: `disk /var`. */
  readonly metric: string
  readonly rule: string
  readonly unit: Unit
  /** Its worst level in the period. */
  readonly level: Level
  /** `RED`, `AMBER`, `OK`. */
  readonly word: string
  readonly look: Look
  /** Why there are no values: `no data`, or `values not kept` where the store keeps no points. */
  readonly unseen: 'no data' | 'values not kept' | undefined
  /** `undefined` without a single point. */
  readonly values: RowValues | undefined
  /** The same a period earlier. */
  readonly before: Row['before']
  /** When it was highest and lowest: `Wed 14:05`. */
  readonly highWhen: string | undefined
  readonly lowWhen: string | undefined
  readonly fired: number
  /** How long it was red: `18h`; `undefined` where it never was. */
  readonly red: string | undefined
  readonly amber: string | undefined
  /** What else there is to say: what it is now, that it came or went, that data is missing. */
  readonly notes: readonly string[]
  readonly course: readonly (CoursePoint | undefined)[]
  readonly worse: 'high' | 'low'
  readonly sparkline: ImageView | undefined
}

/** A row that is drawn large. */
export interface ChartView extends RowView {
  readonly image: ImageView
}

const lasted = (minutes: number): string | undefined => (minutes > 0 ? minutesLong(minutes) : undefined)

/** @param sparkline cid of the small picture, where it gets one. */
export function rowView(row: Row, sparkline: string | undefined, figures: Figures): RowView {
  const when = whenIn(figures)
  return {
    resource: clean(row.resource.name),
    place: placeName(row.resource),
    metric: metricName(row),
    rule: clean(row.rule),
    unit: row.unit,
    level: row.worst,
    word: levelWord(row.worst),
    look: LOOKS[row.worst],
    unseen: unseen(row),
    values: row.values,
    before: row.before,
    highWhen: row.values && when(row.values.highAt),
    lowWhen: row.values && when(row.values.lowAt),
    fired: row.fired,
    red: lasted(row.minutes.red),
    amber: lasted(row.minutes.amber),
    notes: notesOf(row, figures),
    course: row.course,
    worse: row.worse,
    sparkline: sparkline !== undefined && hasPoints(row) ? { cid: sparkline, ...SPARKLINE, alt: rangeOf(row) } : undefined,
  }
}

/** @param cid of the chart, beside which the row needs no small picture. */
export function chartView(row: Row, cid: string, figures: Figures): ChartView {
  return { ...rowView(row, undefined, figures), image: { cid, ...CHART, alt: altOf(row, figures) } }
}

/** Whether there is a curve to draw. */
export const hasPoints = ({ course }: Row): boolean => course.some((point) => point !== undefined)

/** `RED now`, `green now`. */
const nowOf = ({ level }: Row): string => `${level === 'none' ? 'green' : levelWord(level)} now`

function notesOf(row: Row, figures: Figures): readonly string[] {
  const when = whenIn(figures)
  return [
    ...(row.wentAt === undefined ? [nowOf(row)] : []),
    ...(row.cameAt === undefined ? [] : [`new since ${when(row.cameAt)}`]),
    ...(row.wentAt === undefined ? [] : [`gone since ${when(row.wentAt)}`]),
    ...(row.values !== undefined && row.coverage !== undefined && row.coverage < 0.95 ? [`no data ${missing(row.coverage)} of the time`] : []),
  ]
}

/** Without points nothing is known; but where none were expected of a resource that is there, the store keeps none, and its level is known all the same. */
export function unseen({ values, coverage, wentAt }: Row): RowView['unseen'] {
  if (values !== undefined) return undefined
  return coverage === undefined && wentAt === undefined ? 'values not kept' : 'no data'
}

const rangeOf = ({ values, unit }: Row): string => (values === undefined ? 'no data' : `${formatQuantity(values.low, unit)} to ${formatQuantity(values.high, unit)}`)

function altOf(row: Row, figures: Figures): string {
  const { values, unit, lines } = row
  const when = whenIn(figures)
  const amount = (value: number): string => formatQuantity(value, unit)
  const said = [
    values === undefined
      ? unseen(row)
      : `low ${amount(values.low)} (${when(values.lowAt)}), average ${amount(values.average)}, high ${amount(values.high)} (${when(values.highAt)}), 95th percentile ${amount(values.p95)}`,
    [lines.warning === undefined ? '' : `amber from ${amount(lines.warning)}`, lines.critical === undefined ? '' : `red from ${amount(lines.critical)}`].filter(Boolean).join(', '),
    [row.minutes.red > 0 ? `${minutesLong(row.minutes.red)} red` : '', row.minutes.amber > 0 ? `${minutesLong(row.minutes.amber)} amber` : ''].filter(Boolean).join(', '),
    row.values !== undefined && row.coverage !== undefined && row.coverage < 0.995 ? `no data ${missing(row.coverage)} of the time` : '',
  ]
  return `${clean(row.resource.name)} ${metricName(row)}: ${said.filter(Boolean).join('; ')}`
}
