import type { Level } from '../model/level.ts'

/** A notification in words, before a channel lays it out. Plain text: every channel escapes it in its own way. */
export interface Message {
  /** Readable on a lock screen: `RED web-3 cpu 91% (> 80% for 5m) · prod us-west-2`. */
  readonly title: string
  /** The same for the whole life of the group, for threads and mail subjects: `web-3 cpu · prod us-west-2`. */
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

export interface Fact {
  readonly name: string
  readonly value: string
}
