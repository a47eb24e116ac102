/** A time as it is kept in a column: whole milliseconds, and no infinity. What was given stands in the JSON beside it. */
export const whole = (time: number): number => Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, Math.ceil(time)))
