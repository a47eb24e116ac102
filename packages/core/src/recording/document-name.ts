import { createHash } from 'node:crypto'
import type { Recording } from '../plugin/recorder.ts'

/**
 * Where a document stands in its folder: `2026-01-05/120500.000Z_main_web-1_3f2a9c1e.json`, which sorts by time. The last part is a hash of
 * the content: a name never stands for two contents, whatever two machines or processes are called, and so a repeat is harmless.
 */
export interface DocumentName {
  /** `2026-01-05`, UTC. */
  readonly day: string
  readonly file: string
  /** The recording's time, milliseconds since the epoch. */
  readonly at: number
  /** The parts of the file's name, with only letters, digits, dots and dashes in them. */
  readonly time: string
  readonly monitor: string
  readonly host: string
  readonly hash: string
}

/** File systems take 255 bytes: two of these and 33 more fit. */
const LONGEST_PART = 100
const DAY = /^\d{4}-\d\d-\d\d$/
const FILE = /^((\d\d)(\d\d)(\d\d\.\d{3})Z)_([A-Za-z\d.-]+)_([A-Za-z\d.-]+)_([\da-f]{8})\.json$/

export const isDay = (name: string): boolean => DAY.test(name)

export function documentName({ monitor, at }: Pick<Recording, 'monitor' | 'at'>, host: string, text: string): DocumentName {
  const [day = '', clock = ''] = new Date(at).toISOString().split('T')
  const parts = { time: clock.replaceAll(':', ''), monitor: pathPart(monitor), host: pathPart(host), hash: contentHash(text) }
  return { day, file: `${parts.time}_${parts.monitor}_${parts.host}_${parts.hash}.json`, at, ...parts }
}

/** `undefined` for a file that is no document. */
export function parseDocumentName(day: string, file: string): DocumentName | undefined {
  const [, time, hours, minutes, seconds, monitor, host, hash] = FILE.exec(file) ?? []
  if (time === undefined || monitor === undefined || host === undefined || hash === undefined) return undefined
  const at = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`)
  return Number.isNaN(at) ? undefined : { day, file, at, time, monitor, host, hash }
}

export function contentHash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 8)
}

/** A text as a part of a path and of a key: letters, digits, dots and dashes. */
export function pathPart(text: string): string {
  return text.replaceAll(/[^A-Za-z\d.-]+/g, '-').slice(0, LONGEST_PART) || '-'
}
