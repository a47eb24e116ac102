import type { Letter } from '../model/letter.ts'
import type { ReportIssue } from '../store/outbox.ts'

/** Makes the letters of a monitor's reports. */
export interface Letters {
  /**
   * The letter of an issue. Receivers and attempts that follow get the same one, until another issue of the report is asked for.
   *
   * @throws TocsinError E106 for a report that is no longer configured; else what the report throws.
   */
  of(issue: ReportIssue, signal: AbortSignal): Promise<Letter>
  close(): Promise<void>
}
