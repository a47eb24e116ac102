import { createHash } from 'node:crypto'
import type { Labels } from '../model/labels.ts'

/**
 * The identity of an alert: the first 128 bits, in hex, of SHA-256 over canonical JSON (sorted keys, no spaces) of
 * `[monitor, identity labels]`. Level, values and annotations are never part of it.
 */
export function fingerprint(monitor: string, identity: Labels): string {
  const sorted = Object.fromEntries(Object.entries(identity).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  return createHash('sha256').update(JSON.stringify([monitor, sorted])).digest('hex').slice(0, 32)
}

/** Unique for one stretch away from `inactive`, and the same again when the same events are replayed. */
export function episodeId(fingerprint: string, startedAt: number): string {
  return `${fingerprint.slice(0, 16)}-${startedAt.toString(36)}`
}
