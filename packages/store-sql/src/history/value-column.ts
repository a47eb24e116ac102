import { deflateRawSync } from 'node:zlib'
import { type ByteReader, type ByteWriter, byteWriter } from './bytes.ts'
import { readIntegers, writeIntegers } from './integer-column.ts'
import { type RatioModel, ratioModels } from './ratio-model.ts'
import { valueOf } from './ratio.ts'

/** How values are laid out. Never give a number a second meaning: what is stored says which one it has. */
const LAYOUT = {
  /** Doubles one after the other: best where values repeat. */
  doubles: 0,
  /** First the first byte of every double, then the second: best where neighbours resemble each other. */
  planes: 1,
  /** Numerators, denominators and nudges of a ratio model, and the doubles that it does not explain. */
  ratios: 2,
} as const

/** Each way to lay the values out, ready to be compressed. All of them give back the same values, bit by bit but for the payload of NaN. */
export function valueLayouts(values: Float64Array): Uint8Array[] {
  const models = ratioModels([...values])
  const ratios = models.map((model) => layout(LAYOUT.ratios, (writer) => writeRatios(writer, model, values)))
  if (models.some(({ plain }) => plain)) return ratios
  const bytes = bytesOf(values)
  return [...ratios, layout(LAYOUT.doubles, (writer) => writer.bytes(bytes)), layout(LAYOUT.planes, (writer) => writer.bytes(planesOf(bytes)))]
}

/** The layout that compresses best by itself: for values that are stored together with others. */
export function shortestLayout(values: Float64Array): Uint8Array {
  const layouts = valueLayouts(values)
  const sizes = layouts.map((bytes) => deflateRawSync(bytes).length)
  return layouts[sizes.indexOf(Math.min(...sizes))] ?? new Uint8Array()
}

/** Reads `count` values, whatever their layout. */
export function readValues(reader: ByteReader, count: number): Float64Array {
  const kind = reader.uint()
  switch (kind) {
    case LAYOUT.doubles:
      return doublesOf(reader.bytes(8 * count))
    case LAYOUT.planes:
      return doublesOf(rowsOf(reader.bytes(8 * count)))
    case LAYOUT.ratios:
      return readRatios(reader, count)
    default:
      throw new RangeError(`values have an unknown layout, ${kind}`)
  }
}

function layout(kind: number, write: (writer: ByteWriter) => void): Uint8Array {
  const writer = byteWriter()
  writer.uint(kind)
  write(writer)
  return writer.finish()
}

function writeRatios(writer: ByteWriter, { factor, ratios, exceptions }: RatioModel, values: Float64Array): void {
  writer.uint(factor)
  writeIntegers(writer, ratios.map(({ numerator }) => numerator))
  writeIntegers(writer, ratios.map(({ denominator }) => denominator))
  writeIntegers(writer, ratios.map(({ nudge }) => nudge))
  writer.uint(exceptions.length)
  let last = 0
  for (const index of exceptions) {
    writer.uint(index - last)
    last = index
  }
  writer.bytes(bytesOf(Float64Array.from(exceptions, (index) => values[index] ?? NaN)))
}

function readRatios(reader: ByteReader, count: number): Float64Array {
  const factor = reader.uint()
  const numerators = readIntegers(reader, count)
  const denominators = readIntegers(reader, count)
  const nudges = readIntegers(reader, count)
  const values = new Float64Array(count)
  for (let index = 0; index < count; index++) values[index] = valueOf({ numerator: numerators[index] ?? NaN, denominator: denominators[index] ?? NaN, nudge: nudges[index] ?? NaN }, factor)
  const exceptions = reader.uint()
  if (exceptions === 0) return values
  let last = 0
  const positions = Array.from({ length: exceptions }, () => (last += reader.uint()))
  const exact = doublesOf(reader.bytes(8 * exceptions))
  for (const [index, position] of positions.entries()) values[position] = exact[index] ?? NaN
  return values
}

// Through a view, because the order of a Float64Array's bytes is the machine's, and files move between machines.
function bytesOf(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(8 * values.length)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) view.setFloat64(8 * index, value)
  return bytes
}

function doublesOf(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Float64Array(bytes.length / 8)
  for (let index = 0; index < values.length; index++) values[index] = view.getFloat64(8 * index)
  return values
}

function planesOf(rows: Uint8Array): Uint8Array {
  const count = rows.length / 8
  return rows.map((_, at) => rows[8 * (at % count) + Math.floor(at / count)] ?? 0)
}

function rowsOf(planes: Uint8Array): Uint8Array {
  const count = planes.length / 8
  const rows = new Uint8Array(planes.length)
  for (let plane = 0; plane < 8; plane++) for (let index = 0; index < count; index++) rows[8 * index + plane] = planes[plane * count + index] ?? 0
  return rows
}
