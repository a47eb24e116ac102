/** How bad it is: `warning` is shown as AMBER, `critical` as RED, `none` as OK. */
export type Level = 'none' | 'warning' | 'critical'

/** A level that can fire. */
export type Severity = Exclude<Level, 'none'>

export const SEVERITIES = ['warning', 'critical'] as const satisfies readonly Severity[]

const RANK: Readonly<Record<Level, number>> = { none: 0, warning: 1, critical: 2 }

/** `none` 0, `warning` 1, `critical` 2. */
export const rank = (level: Level): number => RANK[level]

/** The worse of two levels. */
export const worse = (a: Level, b: Level): Level => (RANK[a] >= RANK[b] ? a : b)

/** The word shown to people. Colour is never the only sign, so this always stands beside it. */
export const levelWord = (level: Level): 'OK' | 'AMBER' | 'RED' => (level === 'none' ? 'OK' : level === 'warning' ? 'AMBER' : 'RED')
