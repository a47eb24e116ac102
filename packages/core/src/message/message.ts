import type { Fact } from '../model/fact.ts'
import type { Level } from '../model/level.ts'

/** A notification in words, before a channel lays it out. Plain text: every channel escapes it in its own way. */
export interface Message {
  /** Readable on a lock screen: `RED web-3 cpu 91% (> 80% for 5m) · prod us-west-2`. */
  readonly title: string
  /**
   * What it is about, without level and values: `web-3 cpu · prod us-west-2`, or the rule where there are several alerts. It
   * changes when a group grows: a channel that needs a constant, such as a mail subject, keeps the first one of the thread.
   */
  readonly topic: string
  /** What fires now; `none` when all of it has ended. */
  readonly level: Level
  readonly status: 'firing' | 'resolved'
  /** One sentence by the author of the rule. */
  readonly summary?: string
  /** What the reader needs next, in order of use: since, trend, normal range, peak, account, tags. */
  readonly facts: readonly Fact[]
  /** One line for each alert, worst first, where there is more than one. */
  readonly lines: readonly string[]
  readonly runbook?: string
  /** True for a message that only tries the channel. */
  readonly test: boolean
}
