import type { AlertRecord } from '../model/alert.ts'
import { compileInhibitRules, type InhibitRule, type InhibitTimers } from './inhibit.ts'
import type { MuteReason } from './mute.ts'
import { inWindow, type MuteWindow, openMuteWindow } from './mute-window.ts'
import type { MatchedRoute } from './route-tree.ts'

/** What is muted at one instant. */
export interface MutesNow {
  readonly reason: (record: AlertRecord, route: MatchedRoute | undefined) => MuteReason | undefined
  /** When an inhibition's period ends, milliseconds since the epoch; `Infinity` when none runs. */
  readonly nextAt: number
}

/**
 * Makes the rules that keep alerts back ready: inhibitions and the windows of routes. The periods of inhibitions are remembered from
 * call to call.
 */
export function openMutes({ muteWindows, inhibit }: { readonly muteWindows: readonly MuteWindow[]; readonly inhibit: readonly InhibitRule[] }): (alerts: ReadonlyMap<string, AlertRecord>, now: number) => MutesNow {
  const windows = new Map(muteWindows.map((window) => [window.name, openMuteWindow(window)]))
  const inhibitions = compileInhibitRules(inhibit)
  let timers: InhibitTimers = {}

  return (alerts, now) => {
    const candidates = [...alerts].map(([fingerprint, { subject, state }]) => ({ fingerprint, labels: { ...subject.labels, level: state.level }, phase: state.phase, level: state.level }))
    const { inhibited, timers: next, nextAt = Infinity } = inhibitions(candidates, timers, now)
    timers = next
    const isOpen = (name: string): boolean => {
      const window = windows.get(name)
      return window !== undefined && inWindow(window, now)
    }
    return {
      nextAt,
      reason({ subject, state }, route) {
        const held = inhibited.get(subject.fingerprint)
        if (held !== undefined) return { by: 'inhibition', rule: held.rule, source: held.sources[0] ?? '' }
        const shut = route?.muteWindows.find(isOpen)
        if (shut !== undefined) return { by: 'muteWindow', name: shut }
        if (route !== undefined && route.activeWindows.length > 0 && !route.activeWindows.some(isOpen)) return { by: 'activeWindow', name: route.activeWindows.join(', ') }
        // Its first critical still goes through.
        return state.flapping && state.level !== 'critical' ? { by: 'flapping' } : undefined
      },
    }
  }
}
