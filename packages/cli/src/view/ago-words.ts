import { formatDuration } from '@tocsin/core'

const SECOND = 1_000

/** `3m 20s ago`; `just now` for less than a second, and for what a clock that was set back puts into the future. */
export const agoWords = (ms: number): string => (ms < SECOND ? 'just now' : `${formatDuration(Math.floor(ms / SECOND) * SECOND)} ago`)
