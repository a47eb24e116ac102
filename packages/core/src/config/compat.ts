import type { z } from 'zod'
import { TocsinError } from '../errors.ts'
import type { Problem } from '../plugin/rule.ts'
import type { InhibitRule } from '../routing/inhibit.ts'
import type { settings } from './settings.ts'

type Settings = z.output<typeof settings>

const MINUTES_A_DAY = 1_440

/** What a setting that is left out means, which depends on `compat`. */
export function withCompat<T extends Pick<Settings, 'compat' | 'inhibit' | 'resolveThroughMute'>>(spec: T): Omit<T, 'inhibit' | 'resolveThroughMute'> & { readonly resolveThroughMute: boolean; readonly inhibit: readonly InhibitRule[] } {
  const isAlertmanager = spec.compat === 'alertmanager'
  const equalMissing = isAlertmanager ? ('match' as const) : ('differ' as const)
  return { ...spec, resolveThroughMute: spec.resolveThroughMute ?? !isAlertmanager, inhibit: spec.inhibit.map((rule) => ({ ...rule, equalMissing: rule.equalMissing ?? equalMissing })) }
}

/** What Alertmanager refuses and we otherwise take: windows that wrap past midnight. */
export function compatProblems({ compat, muteWindows }: Pick<Settings, 'compat' | 'muteWindows'>): Problem[] {
  if (compat !== 'alertmanager') return []
  return muteWindows.flatMap(({ name, intervals }, index) =>
    intervals.some(({ times = [] }) => times.some(({ to }) => to > MINUTES_A_DAY))
      ? [{ path: ['muteWindows', index], error: new TocsinError('E103', `the mute window "${name}" wraps past midnight, which Alertmanager refuses`, { fix: 'split it at midnight, or leave out "compat"' }) }]
      : [],
  )
}
