import type { Level } from '@tocsin/core'

/** The message that a group's news hangs on. */
export interface Thread {
  /** The channel's id, as Slack answered it: `chat.update` takes no name. */
  readonly channel: string
  /** The message's time stamp, which is its id within the channel. */
  readonly ts: string
  /** The level it told last; `none` once all has ended, and then nothing hangs on it any more. */
  readonly level: Level
}

const PATTERN = /^([A-Z0-9]+):(\d+\.\d+):(none|warning|critical)$/

/** What core keeps: `C0123ABCD:1767614460.000100:critical`. */
export const formatReference = ({ channel, ts, level }: Thread): string => `${channel}:${ts}:${level}`

/** The thread of a reference, or `undefined` when it is none of ours. */
export function parseReference(reference: string | undefined): Thread | undefined {
  const [, channel, ts, level] = PATTERN.exec(reference ?? '') ?? []
  if (channel === undefined || ts === undefined) return undefined
  return { channel, ts, level: level === 'warning' || level === 'critical' ? level : 'none' }
}
