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
