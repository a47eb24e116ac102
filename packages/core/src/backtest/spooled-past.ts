import { open } from 'node:fs/promises'
import type { Series } from '../model/series.ts'
import type { PastSeries, PastSource } from './past-window.ts'

/** Points of one series in a stretch of the past. */
export interface PastPart {
  /** The rule that judges them. */
  readonly rule: string
  readonly series: Series
  /** The stretch that is known, milliseconds since the epoch, half-open. */
  readonly from: number
  readonly until: number
}

export interface SpoolOptions {
  /** Of the past, milliseconds since the epoch, half-open. */
  readonly from: number
  readonly until: number
  /** A file that is not there yet. Whoever names it removes it, after `close`. */
  readonly path: string
}

/** A past in a file. */
export interface SpooledPast extends PastSource {
  close(): Promise<void>
}

/** Points of one day: so many times, then as many values. */
interface Chunk {
  readonly offset: number
  readonly count: number
}

interface Spooled extends Omit<PastPart, 'series'> {
  readonly series: Omit<Series, 'timestamps' | 'values'>
  /** By the number of the day, counted from the beginning of the past. */
  readonly days: ReadonlyMap<number, Chunk>
  /** Since when it is known: its first point, or the beginning of a part that follows another one. */
  readonly firstAt: number
}

const DAY = 86_400_000
const NONE = new Float64Array()

/**
 * Keeps a past that comes series by series, and is slow or paid for, in a file of 16 bytes a point, so that it can be read day by day, again
 * and again, in the memory of one day. Parts of one series come in the order of time. Before the
 * first point of a series nothing is known, so nothing is missing, and the past begins with the first of all.
 */
export async function spooledPast(parts: AsyncIterable<PastPart>, { from, until, path }: SpoolOptions): Promise<SpooledPast> {
  const file = await open(path, 'wx+', 0o600)
  const spooled: Spooled[] = []
  const begun = new Set<string>()
  let size = 0

  const write = async ({ series: { timestamps, values, ...series }, ...part }: PastPart): Promise<void> => {
    const id = JSON.stringify([part.rule, series.resource, series.labels])
    const firstAt = begun.has(id) ? part.from : timestamps[0]
    if (firstAt === undefined) return
    begun.add(id)
    const days = new Map<number, Chunk>()
    const bytes: Uint8Array[] = []
    for (let start = 0; start < timestamps.length; ) {
      const day = Math.floor(((timestamps[start] ?? from) - from) / DAY)
      let end = start + 1
      while (end < timestamps.length && (timestamps[end] ?? until) < from + (day + 1) * DAY) end++
      days.set(day, { offset: size, count: end - start })
      for (const numbers of [timestamps.slice(start, end), values.slice(start, end)]) {
        bytes.push(new Uint8Array(numbers.buffer))
        size += numbers.byteLength
      }
      start = end
    }
    await file.appendFile(Buffer.concat(bytes))
    spooled.push({ ...part, series, days, firstAt })
  }
  const read = async (chunk: Chunk | undefined): Promise<Pick<Series, 'timestamps' | 'values'>> => {
    if (chunk === undefined) return { timestamps: NONE, values: NONE }
    const numbers = new Float64Array(2 * chunk.count)
    await file.read(new Uint8Array(numbers.buffer), 0, numbers.byteLength, chunk.offset)
    return { timestamps: numbers.subarray(0, chunk.count), values: numbers.subarray(chunk.count) }
  }

  try {
    for await (const part of parts) await write(part)
  } catch (error) {
    await file.close()
    throw error
  }

  const begin = spooled.reduce((least, { firstAt }) => Math.min(least, firstAt), until)
  let reached = begin

  return {
    progress: () => (until > begin ? (reached - begin) / (until - begin) : 1),
    close: () => file.close(),
    async *windows(only) {
      reached = begin
      for (let day = Math.floor((begin - from) / DAY), start = begin; start < until; day++, start = reached) {
        const end = Math.min(from + (day + 1) * DAY, until)
        const there = spooled.filter((part) => part.firstAt < end && part.until > start && (only === undefined || only.has(part.series.resource.id)))
        const series: PastSeries[] = []
        for (const part of there) {
          const points = await read(part.days.get(day))
          series.push({
            rule: part.rule,
            series: { ...part.series, ...points },
            knownFrom: Math.max(start, part.firstAt),
            ...(part.until < end ? { knownUntil: part.until } : {}),
          })
        }
        yield { from: start, until: end, series }
        reached = end
      }
    },
  }
}
