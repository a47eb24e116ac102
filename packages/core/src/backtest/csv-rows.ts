import { type BadLine, newRows, type RowBuffer, type RowContext, type RowParser } from './rows.ts'
import { readValue, timeReader } from './read-point.ts'

const FIX = 'write a line as timestamp,value: "2026-01-05 12:00:00,42.5", or seconds since 1970 as the time'

/** Where the two columns are. */
interface Columns {
  readonly stamp: number
  readonly value: number
}

const BOM = /^\uFEFF/
/** Letters up to it are spaces. */
const SPACE = 32
const QUOTE = 34

/** Reads lines of `timestamp,value`. A header may name the columns in another order, with others between them. */
export function csvParser(bad: BadLine): RowParser {
  let rest = ''
  let line = 0
  let columns: Columns | undefined
  const readTime = timeReader()
  const take = (text: string, rows: RowBuffer): void => {
    line += 1
    const row = text.endsWith('\r') ? text.slice(0, -1) : text
    if (!(row.charCodeAt(0) > SPACE) && row.trim() === '') return
    if (columns === undefined) {
      const header = headerOf(row.replace(BOM, ''), readTime)
      columns = header ?? { stamp: 0, value: 1 }
      if (header !== undefined) return
    }
    addRow(line === 1 ? row.replace(BOM, '') : row, line, columns, { rows, readTime, bad })
  }
  return {
    push(text, isLast) {
      const rows = newRows()
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const one of lines) take(one, rows)
      if (isLast && rest !== '') take(rest, rows)
      return rows
    },
  }
}

function addRow(row: string, line: number, { stamp: stampAt, value: valueAt }: Columns, { rows, readTime, bad }: RowContext): void {
  const comma = row.indexOf(',')
  // Almost every line of almost every file is two bare fields.
  const plain = stampAt === 0 && valueAt === 1 && comma !== -1 && row.indexOf(',', comma + 1) === -1 && !row.includes('"')
  const fields = plain ? undefined : fieldsOf(row)
  const stamp = fields === undefined ? row.slice(0, comma) : (fields[stampAt] ?? '')
  const text = fields === undefined ? row.slice(comma + 1) : fields[valueAt]
  const at = readTime(bare(stamp))
  const value = text === undefined ? undefined : readValue(bare(text))
  if (Number.isNaN(at)) bad(line, `"${shown(stamp)}" is not a time`, FIX)
  else if (value === undefined) bad(line, text === undefined ? 'there is no value' : `"${shown(text)}" is not a number`, FIX)
  const readable = !Number.isNaN(at) && value !== undefined
  rows.timestamps.push(readable ? at : NaN)
  rows.values.push(readable ? value : NaN)
  rows.stamps.push(stamp)
  rows.texts.push(text ?? '')
}

/** A first line is a header when neither of its first two fields could be one of a point. */
function headerOf(row: string, readTime: RowContext['readTime']): Columns | undefined {
  const names = fieldsOf(row).map((field) => bare(field).toLowerCase())
  const [first = '', second = ''] = names
  if (!Number.isNaN(readTime(first)) || readValue(second) !== undefined) return undefined
  const [stamp, value] = [names.findIndex((name) => TIMES.has(name)), names.indexOf('value')]
  return stamp === -1 || value === -1 ? { stamp: 0, value: 1 } : { stamp, value }
}

/** The fields of a row with their quotes: what is quoted may hold commas. */
function fieldsOf(row: string): string[] {
  if (!row.includes('"')) return row.split(',')
  return [...row.matchAll(/(?<=^|,)(?:\s*"(?:[^"]|"")*"\s*(?=,|$)|[^,]*)/g)].map(([field]) => field)
}

const TIMES = new Set(['timestamp', 'time', 'date', 'datetime'])

function bare(field: string): string {
  const [first, last] = [field.charCodeAt(0), field.charCodeAt(field.length - 1)]
  if (first > SPACE && last > SPACE && first !== QUOTE) return field
  const text = field.trim()
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text
}

const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text)
