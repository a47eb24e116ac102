import { z } from 'zod'
import { reasonOf } from '../errors.ts'
import { type BadLine, newRows, type RowBuffer, type RowContext, type RowParser } from './rows.ts'
import { readEpoch, readValue, timeReader } from './read-point.ts'

const FIX = 'write a point as { "timestamp": "2026-01-05T12:00:00Z", "value": 42.5 } or as [timestamp, value]'

const scalar = z.union([z.string(), z.number(), z.null()])
const rowSchema = z.union([
  z.looseObject({ timestamp: scalar, value: scalar }).transform(({ timestamp, value }) => ({ timestamp, value })),
  z.tuple([scalar, scalar]).transform(([timestamp, value]) => ({ timestamp, value })),
])

/** What there is of an element that is no point. */
const written = z.union([z.looseObject({ timestamp: z.unknown().optional(), value: z.unknown().optional() }), z.array(z.unknown()).transform(([timestamp, value]) => ({ timestamp, value }))])

/** Reads one point a line. */
export function jsonLinesParser(bad: BadLine): RowParser {
  const readTime = timeReader()
  let rest = ''
  let line = 0
  return {
    push(text, isLast) {
      const rows = newRows()
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      if (isLast && rest !== '') lines.push(rest)
      for (const one of lines) {
        line += 1
        if (one.trim() !== '') addRow(one.trim(), line, { rows, readTime, bad })
      }
      return rows
    },
  }
}

/** Reads one list of points, without ever holding the list. */
export function jsonListParser(bad: BadLine): RowParser {
  const readTime = timeReader()
  let element = ''
  let elementLine: number | undefined
  let line = 1
  let depth = 0
  let inString = false
  let escaped = false
  let isOver = false
  let isLost = false

  const end = (rows: RowBuffer): void => {
    if (elementLine !== undefined) addRow(element, elementLine, { rows, readTime, bad })
    element = ''
    elementLine = undefined
  }
  /** Follows a letter inside an element. */
  const follow = (letter: string): void => {
    elementLine ??= line
    if (inString) {
      inString = escaped || letter !== '"'
      escaped = !escaped && letter === '\\'
    } else if (letter === '"') inString = true
    else if (letter === '[' || letter === '{') depth += 1
    else if (depth > 1 && (letter === ']' || letter === '}')) depth -= 1
  }

  return {
    push(text, isLast) {
      const rows = newRows()
      let start = 0
      for (let index = 0; index < text.length; index++) {
        const letter = text.charAt(index)
        if (letter === '\n') line += 1
        else if (SPACE.has(letter)) continue
        else if (depth === 0 && letter === '[' && !isOver) {
          depth = 1
          start = index + 1
        } else if (depth === 0) {
          if (!isLost) bad(line, isOver ? 'something follows the list' : 'it is not a list', FIX)
          isLost = true
        } else if (depth === 1 && !inString && (letter === ',' || letter === ']')) {
          element += text.slice(start, index)
          end(rows)
          start = index + 1
          isOver = letter === ']'
          depth = isOver ? 0 : 1
        } else follow(letter)
      }
      if (depth > 0) element += text.slice(start)
      if (isLast) {
        end(rows)
        if (!isOver && !isLost) bad(line, depth === 0 ? 'there is no list' : 'the list does not end', 'the file was cut off: write it again')
      }
      return rows
    },
  }
}

const SPACE = new Set([' ', '\t', '\r', '\uFEFF'])

function addRow(text: string, line: number, { rows, readTime, bad }: RowContext): void {
  const parsed = parse(text, line, bad)
  const point = rowSchema.safeParse(parsed).data
  const { timestamp, value } = point ?? written.safeParse(parsed).data ?? {}
  const [at, number] = point === undefined ? [NaN, undefined] : [timeOf(point.timestamp, readTime), numberOf(point.value)]
  if (point === undefined && parsed !== undefined) bad(line, 'it is not a point', FIX)
  else if (point !== undefined && Number.isNaN(at)) bad(line, `${JSON.stringify(timestamp)} is not a time`, FIX)
  else if (point !== undefined && number === undefined) bad(line, `${JSON.stringify(value)} is not a number`, FIX)
  const readable = !Number.isNaN(at) && number !== undefined
  rows.timestamps.push(readable ? at : NaN)
  rows.values.push(readable ? number : NaN)
  rows.stamps.push(JSON.stringify(timestamp ?? null))
  rows.texts.push(JSON.stringify(value ?? null))
}

type Scalar = z.output<typeof scalar>

const timeOf = (timestamp: Scalar, readTime: RowContext['readTime']): number => (typeof timestamp === 'number' ? readEpoch(timestamp) : timestamp === null ? NaN : readTime(timestamp))
const numberOf = (value: Scalar): number | undefined => (value === null ? NaN : typeof value === 'string' ? readValue(value) : value)

/** `undefined`, and told of as bad, when it is no JSON. */
function parse(text: string, line: number, bad: BadLine): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    bad(line, reasonOf(error), FIX)
    return undefined
  }
}
