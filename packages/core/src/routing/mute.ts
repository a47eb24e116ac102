/** Why an alert that fires is not told, by what holds it back. */
export type MuteReason =
  | { readonly by: 'silence'; readonly id: string }
  | { readonly by: 'inhibition'; readonly rule: string; readonly source: string }
  | { readonly by: 'muteWindow' | 'activeWindow'; readonly name: string }
  | { readonly by: 'snooze'; readonly until: number }
  | { readonly by: 'flapping' }
