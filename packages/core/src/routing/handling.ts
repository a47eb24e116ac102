import type { Attention } from './attention.ts'
import type { EscalationState } from './escalation.ts'
import type { SuppressionState } from './suppression-timer.ts'

/**
 * What stands between one alert and its receivers and must survive a restart: what people said about it, how far its escalation is,
 * and the periods of inhibitions. Plain JSON of bounded size; an alert that nothing is to be remembered of has none.
 */
export interface Handling {
  readonly attention?: Attention
  readonly escalation?: EscalationState
  /** Receivers that steps have told in this episode, by name: they belong to it until it ends. */
  readonly reached?: readonly string[]
  /** By name of the inhibit rule. */
  readonly suppressions?: Readonly<Record<string, SuppressionState>>
}

/** What stands between an alert and its receivers, by a clock that was set back by so many milliseconds. What people said keeps the time that they gave. */
export function handlingSetBack({ escalation, suppressions, ...rest }: Handling, by: number): Handling {
  const stepped = ([rule, { timer, ...state }]: [string, SuppressionState]): [string, SuppressionState] => [
    rule,
    { ...state, at: state.at - by, ...(timer === undefined ? {} : { timer: { ...timer, until: timer.until - by } }) },
  ]
  return {
    ...rest,
    ...(escalation === undefined ? {} : { escalation: { ...escalation, startedAt: escalation.startedAt - by, heldSince: escalation.heldSince - by, at: escalation.at - by } }),
    ...(suppressions === undefined ? {} : { suppressions: Object.fromEntries(Object.entries(suppressions).map(stepped)) }),
  }
}
