import truncatedWidth from 'fast-string-truncated-width'
import { type Link, unlinked } from './link.ts'
import { type Paint, unpainted } from './paint.ts'

/** A cell: its text, and how to colour it. */
export interface Cell {
  readonly text: string
  readonly style?: Parameters<Paint>[0]
  /** Where the text leads to, on terminals that show links. */
  readonly link?: string
}

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** The width down to which the column may be cut when the line is too long. Default: never cut. */
  readonly least?: number
  /** Left out first, the last of them first, when the line is still too long. Default false. */
  readonly optional?: boolean
}

export interface Layout {
  /** Terminal columns that a line may take. Default: no limit. */
  readonly width?: number
  readonly paint?: Paint
  /** Default: no links. */
  readonly link?: Link
}

const GAP = '  '

/** A table without rules: a line of titles, then one line a row. Columns that are empty in every row are left out. */
export function columns(spec: readonly Column[], rows: readonly (readonly Cell[])[], { width = Infinity, paint = unpainted, link = unlinked }: Layout = {}): string[] {
  const filled = spec.map((column, index) => ({ column, index, width: Math.max(...[column.title, ...rows.map((row) => row[index]?.text ?? '')].map(widthOf)) }))
  const shown = fitted(filled.filter(({ index }) => rows.some((row) => (row[index]?.text ?? '') !== '')), width)
  const line = (cellAt: (index: number, column: Column) => Cell): string =>
    shown
      .map(({ column, index, width: columnWidth }, position) => {
        const { text, style, link: url } = cellAt(index, column)
        const cut = truncate(text, columnWidth)
        const space = ' '.repeat(Math.max(0, columnWidth - widthOf(cut)))
        const led = url === undefined ? cut : link(url, cut)
        const coloured = style === undefined ? led : paint(style, led)
        if (column.align === 'right') return space + coloured
        return position === shown.length - 1 ? coloured : coloured + space
      })
      .join(GAP)
      .trimEnd()
  return [line((_, { title }) => ({ text: title, style: 'dim' })), ...rows.map((row) => line((index) => row[index] ?? { text: '' }))]
}

interface Fitted {
  readonly column: Column
  readonly index: number
  readonly width: number
}

function fitted(all: readonly Fitted[], width: number): readonly Fitted[] {
  const over = all.reduce((sum, one) => sum + one.width + GAP.length, -GAP.length) - width
  if (over <= 0 || all.length === 0) return all
  const spare = all.reduce((sum, { column, width: own }) => sum + Math.max(0, own - (column.least ?? own)), 0)
  const last = all.findLastIndex(({ column }) => column.optional === true)
  if (spare < over && last >= 0) return fitted(all.toSpliced(last, 1), width)
  return shrunk(all, Math.min(over, spare))
}

/** Takes from the widest column that may be cut, one step at a time, so that the columns end up even. */
function shrunk(all: readonly Fitted[], over: number): readonly Fitted[] {
  if (over <= 0) return all
  const cuttable = all.filter(({ column, width }) => width > (column.least ?? width))
  const widest = cuttable.reduce((a, b) => (b.width > a.width ? b : a))
  return shrunk(all.map((one) => (one === widest ? { ...one, width: one.width - 1 } : one)), over - 1)
}

/** Terminal columns that a text takes: wide letters take two. */
export const widthOf = (text: string): number => truncatedWidth(text).width

/** The text, cut to a width with an ellipsis where it is longer. */
export function truncate(text: string, width: number): string {
  if (width <= 0) return ''
  const { index, truncated, ellipsed } = truncatedWidth(text, { limit: width, ellipsis: '…' })
  return truncated ? text.slice(0, index) + (ellipsed ? '…' : '') : text
}
