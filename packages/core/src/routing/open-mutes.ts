import type { AlertRecord } from '../model/alert.ts'
import type { Handling } from './handling.ts'
import { compileInhibitRules, type InhibitRule, type InhibitTimers } from './inhibit.ts'
import { labelsNow } from './labels-now.ts'
import type { MuteReason } from './mute.ts'
import { inWindow, type MuteWindow, openMuteWindow } from './mute-window.ts'
import type { MatchedRoute } from './route-tree.ts'
import { type OpenSilence, silencesAt } from './silence.ts'
import type { Zone } from './zoned-time.ts'

export interface MuteSettings {
  readonly muteWindows: readonly MuteWindow[]
  readonly inhibit: readonly InhibitRule[]
}

export interface MuteInput {
  readonly alerts: ReadonlyMap<string, AlertRecord>
  readonly silences: readonly OpenSilence[]
  /** By fingerprint, with what people said of each alert as it holds now. */
  readonly handling: ReadonlyMap<string, Handling>
  readonly now: number
}

/** What is muted at one instant. */
export interface MutesNow {
  /** Why an alert is not told on a route; `undefined` when it may be. The route is unknown for what has ended. */
  readonly reason: (record: AlertRecord, route: MatchedRoute | undefined) => MuteReason | undefined
  /** The periods of inhibitions that run, by fingerprint and rule. */
  readonly suppressions: InhibitTimers
  /** When an inhibition's period ends, milliseconds since the epoch; `Infinity` when none runs. */
  readonly nextAt: number
}

/** Makes everything that keeps alerts back ready to be asked: silences, snoozes, inhibitions, the windows of routes, flapping. */
export function openMutes({ muteWindows, inhibit }: MuteSettings, zoneOf?: (name: string) => Zone): (input: MuteInput) => MutesNow {
  const windows = new Map(muteWindows.map((window) => [window.name, openMuteWindow(window, zoneOf)]))
  const inhibitions = compileInhibitRules(inhibit)

  return ({ alerts, silences, handling, now }) => {
    const candidates = inhibit.length === 0 ? [] : [...alerts].map(([fingerprint, record]) => ({ fingerprint, labels: labelsNow(record), phase: record.state.phase, level: record.state.level }))
    const timers = Object.fromEntries([...handling].flatMap(([fingerprint, { suppressions }]) => (suppressions === undefined ? [] : [[fingerprint, suppressions]])))
    const { inhibited, timers: suppressions, nextAt = Infinity } = inhibitions(candidates, timers, now)
    const hiding = silencesAt(silences, now)
    const open = new Map<string, boolean>()
    const isOpen = (name: string): boolean => {
      const window = windows.get(name)
      const known = open.get(name) ?? (window !== undefined && inWindow(window, now))
      open.set(name, known)
      return known
    }
    return {
      nextAt,
      suppressions,
      reason(record, route) {
        const { fingerprint } = record.subject
        const [silence] = silences.length === 0 ? [] : hiding(labelsNow(record))
        if (silence !== undefined) return { by: 'silence', id: silence.id }
        const snooze = handling.get(fingerprint)?.attention?.snooze
        if (snooze !== undefined) return { by: 'snooze', until: snooze.until }
        const held = inhibited.get(fingerprint)
        if (held !== undefined) return { by: 'inhibition', rule: held.rule, heldBy: held.reason, ...(held.sources[0] === undefined ? {} : { source: held.sources[0] }) }
        const shut = route?.muteWindows.find(isOpen)
        if (shut !== undefined) return { by: 'muteWindow', name: shut }
        if (route !== undefined && route.activeWindows.length > 0 && !route.activeWindows.some(isOpen)) return { by: 'activeWindow', name: route.activeWindows.join(', ') }
        // Its first critical still goes through.
        return record.state.flapping && record.state.level !== 'critical' ? { by: 'flapping' } : undefined
      },
    }
  }
}
