import { createHash } from 'node:crypto'
import type { Labels } from '../model/labels.ts'

/**
 * The identity of an alert: the first 128 bits, in hex, of SHA-256 over canonical JSON (sorted keys, no spaces) of
 * `[monitor, identity labels]`. Level, values and annotations are never part of it.
 */
export function fingerprint(monitor: string, identity: Labels): string {
  const members = Object.keys(identity)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${JSON.stringify(identity[name])}`)
  return createHash('sha256').update(`[${JSON.stringify(monitor)},{${members.join(',')}}]`).digest('hex').slice(0, 32)
}

/** Unique for one stretch away from `inactive`, and the same again when the same events are replayed. */
export function episodeId(fingerprint: string, startedAt: number): string {
  return `${fingerprint.slice(0, 16)}-${startedAt.toString(36)}`
}
