import type { Fact, Letter } from '@tocsin/core'

/** The body of a report. It has nothing of Alertmanager's shape: whoever looks for `alerts` finds none. */
export interface ReportMessage {
  readonly version: '1'
  readonly report: {
    readonly subject: string
    readonly title: string
    /** What to do first. */
    readonly summary: string
    readonly facts: readonly Fact[]
    /** The worst rows, and how many were left out. */
    readonly lines: readonly string[]
    /** The same as the headers `Idempotency-Key` and `webhook-id`. */
    readonly idempotencyKey: string
  }
}

/** The short form of a report, as JSON. */
export const reportMessage = ({ subject, short: { title, summary, facts, lines } }: Letter, idempotencyKey: string): ReportMessage => ({ version: '1', report: { subject, title, summary, facts, lines, idempotencyKey } })
