/** How bad it is: `warning` is shown as AMBER, `critical` as RED, `none` as OK. */
export type Level = 'none' | 'warning' | 'critical'

/** A level that can fire. */
export type Severity = Exclude<Level, 'none'>

export const SEVERITIES = ['warning', 'critical'] as const satisfies readonly Severity[]

/** `none` 0, `warning` 1, `critical` 2. */
export const rank = (level: Level): number => (level === 'none' ? 0 : level === 'warning' ? 1 : 2)

/** The worse of two levels. */
export const worse = (a: Level, b: Level): Level => (rank(a) >= rank(b) ? a : b)

/** The word shown to people. Colour is never the only sign, so this always stands beside it. */
export const levelWord = (level: Level): 'OK' | 'AMBER' | 'RED' => (level === 'none' ? 'OK' : level === 'warning' ? 'AMBER' : 'RED')
