import { formatDuration, formatQuantity, type Unit, UNITS } from '@tocsin/core'
import Handlebars from 'handlebars'
import { z } from 'zod'
import type { ImageView, RowView } from './row-view.ts'
import { sparklineText } from './sparkline-text.ts'
import { counted } from './words.ts'

/** Which part of a letter a template makes. */
export type Part = 'html' | 'text'

/** Stands for what is not known, so that it never looks like a zero. */
const UNKNOWN = 'no data'

const DATES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  minute: { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  when: { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  day: { weekday: 'short', day: 'numeric', month: 'short' },
  date: { day: 'numeric', month: 'long', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
}

const number = z.number({ error: 'a number is wanted' })
/** What was measured may be infinite: a target that did not answer. */
const known = z.union([number, z.literal([Infinity, -Infinity])], { error: 'a number is wanted' }).optional()
const unit = z.enum(UNITS, { error: `a unit is wanted: ${UNITS.join(', ')}` })
const format = z.enum(Object.keys(DATES), { error: `a format is wanted: ${Object.keys(DATES).join(', ')}` }).optional()
const row = z.custom<Pick<RowView, 'course' | 'worse' | 'sparkline'>>((value) => typeof value === 'object' && value !== null && 'course' in value && 'worse' in value && 'sparkline' in value, { error: 'a row is wanted' })

/** Named arguments of a call, and the view of the whole letter. */
interface Call {
  readonly hash: Readonly<Record<string, unknown>>
  readonly timeZone: string
}

type Helper = (call: Call, ...values: readonly unknown[]) => unknown

/**
 * What a template may call beside `if`, `unless`, `each`, `with` and `lookup`. All but `plural` and `sparkline` say `no data` of what is
 * not known.
 */
export const HELPERS: Readonly<Record<string, (part: Part) => Helper>> = {
  /** `{{number 1234.5 digits=1}}`: `1,234.5`. */
  number: () => ({ hash }, value) => shown(known, value, (one) => one.toLocaleString('en-US', fixed(hash['digits']))),
  /** `{{percent 0.934}}`: `93%`. */
  percent: () => ({ hash }, value) => shown(known, value, (share) => `${(share * 100).toLocaleString('en-US', fixed(hash['digits']))}%`),
  /** `{{bytes 12400000000}}`: `12.4 GB`. */
  bytes: () => (_, value) => shown(known, value, (one) => formatQuantity(one, 'bytes')),
  /** `{{quantity values.high unit}}`: a value in the unit of its metric. */
  quantity: () => (_, value, of) => shown(known, value, (one) => formatQuantity(one, unit.parse(of))),
  /** `{{duration response.now.toResolve}}`: milliseconds as `2h 5m`. */
  duration: () => (_, value) => shown(known, value, formatDuration),
  /** `{{date at format="day" zone="UTC"}}`; the zone is the report's unless given. */
  date: () => ({ hash, timeZone }, value) => shown(known, value, (at) => dateText(at, format.parse(hash['format']) ?? 'minute', zone(hash['zone'] ?? timeZone))),
  /** `{{sparkline this}}`: the course of a row, as a picture in HTML and in characters in text. */
  sparkline: (part) => (_, value) => (part === 'text' ? sparklineText(row.parse(value)) : imageTag(row.parse(value).sparkline)),
  /** `{{delta values.average before.average unit}}`: `▲ 12%`, `▼ 5 pt`, `=`. Without a unit, the difference as a number. */
  delta: () => (_, now, before, of) => shown(known, now, (value) => shown(known, before, (earlier) => deltaText(value, earlier, of === undefined ? undefined : unit.parse(of)))),
  /** `{{plural 14 "resource"}}`: `14 resources`. */
  plural: () => (_, count, one, many) => counted(number.parse(count), z.string().parse(one), z.string().optional().parse(many)),
}

function fixed(digits: unknown): Intl.NumberFormatOptions {
  const count = number.default(0).parse(digits)
  return { minimumFractionDigits: count, maximumFractionDigits: count }
}

function shown<T>(schema: z.ZodType<T | undefined>, value: unknown, text: (known: T) => unknown): unknown {
  const parsed = schema.parse(value)
  return parsed === undefined ? UNKNOWN : text(parsed)
}

const zone = (name: unknown): string => z.string().parse(name)

/** By zone and format: making one takes a hundred times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>()

function dateText(at: number, named: string, timeZone: string): string {
  const key = `${named} ${timeZone}`
  const found = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', { timeZone, ...DATES[named] })
  formats.set(key, found)
  return found.format(at).replaceAll(',', '')
}

/** Percentages differ by points: from 40% to 44% is 4 points, which "10%" would hide. Everything else differs by a share of what it was. */
function deltaText(now: number, before: number, of: Unit | undefined): string {
  const change = now - before
  if (of === undefined || of === 'percent') {
    const size = formatQuantity(Math.abs(change), 'count')
    return Math.abs(change) < 0.5 || Number.isNaN(change) ? '=' : `${arrow(change)} ${of === undefined ? size : `${Math.round(Math.abs(change))} pt`}`
  }
  if (before === 0 || !Number.isFinite(change)) return now === before ? '=' : `${arrow(change)} from ${formatQuantity(before, of)}`
  const share = Math.abs(change / before)
  if (share < 0.005) return '='
  return share >= 9.5 ? `${arrow(change)} ×${Math.round(now / before)}` : `${arrow(change)} ${Math.max(1, Math.round(share * 100))}%`
}

const arrow = (change: number): string => (change > 0 ? '▲' : '▼')

/** The picture of a row; nothing where it has none. */
function imageTag(image: ImageView | undefined): unknown {
  if (image === undefined) return ''
  const { cid, width, height, alt } = image
  return new Handlebars.SafeString(`<img src="cid:${cid}" width="${width}" height="${height}" alt="${Handlebars.escapeExpression(alt)}" style="display:block;border:0;width:${width}px;height:${height}px">`)
}
