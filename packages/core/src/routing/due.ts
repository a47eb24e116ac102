import type { AlertRecord, AlertState } from '../model/alert.ts'
import { type Level, rank } from '../model/level.ts'
import type { Group } from './group.ts'

/**
 * When a group is looked at: a new one after `groupWait`, at once when one of its alerts is older than that; a known one at its
 * interval; at once when a level rose, an alert began or ceased to flap, or all is over since; after `groupWait` when something was unmuted
 * that is news. Never while there is nothing to tell.
 */
export function dueAt({ entry, route, firing }: Group, audible: ReadonlyMap<string, AlertRecord>, ended: ReadonlySet<string>, now: number): number | undefined {
  const told = (fingerprint: string): Level => entry?.firing[fingerprint]?.level ?? 'none'
  const wait = route?.groupWait ?? 0
  for (const [fingerprint, { state }] of audible) {
    if (entry !== undefined && rank(state.level) > rank(told(fingerprint)) && (told(fingerprint) !== 'none' || hasEscalated(state))) return now
    const flapped = entry?.firing[fingerprint]?.flapping ?? false
    if (entry !== undefined && fingerprint in entry.firing && flapped !== state.flapping) return now
  }
  if (entry?.flushAt === undefined) {
    if (audible.size === 0) return ended.size > 0 ? now : undefined
    let oldest = now
    for (const { state } of audible.values()) oldest = Math.min(oldest, state.episode?.startedAt ?? now)
    return now - oldest >= wait ? now : now + wait
  }
  // Nothing fires and nothing was told: there is nothing to wait for.
  if (firing.size === 0 && Object.keys(entry.firing).length === 0) return undefined
  const unmuted = entry.muted.some((fingerprint) => audible.has(fingerprint) && rank(audible.get(fingerprint)?.state.level ?? 'none') > rank(told(fingerprint)))
  return unmuted ? Math.min(entry.flushAt, now + wait) : entry.flushAt
}

/** Whether it fired as a warning first, and rose: nobody waits for a group to hear of that. */
const hasEscalated = ({ level, critical, episode }: AlertState): boolean => level === 'critical' && critical.phase === 'firing' && critical.since > (episode?.firedAt ?? critical.since)
