import type { HeldBy } from './suppression-timer.ts'

/** Why an alert that fires is not told, by what holds it back. */
export type MuteReason =
  | { readonly by: 'silence'; readonly id: string }
  /** `source` is the fingerprint of one that fires; while one of the rule's periods runs there is none. */
  | { readonly by: 'inhibition'; readonly rule: string; readonly heldBy: HeldBy; readonly source?: string }
  | { readonly by: 'muteWindow' | 'activeWindow'; readonly name: string }
  | { readonly by: 'snooze'; readonly until: number }
  | { readonly by: 'flapping' }
