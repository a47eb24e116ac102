import type { CycleResult, DeliveryReport } from '@tocsin/core'

/** Shows a continuous run. */
export interface RunView {
  cycle(result: CycleResult): void
  delivery(report: DeliveryReport): void
  /** Text for people, of one line or more. */
  message(text: string): void
  /** Takes a line of the log. Left out where the log goes to stderr. */
  readonly log?: (line: string) => void
  /** Shows nothing more and gives the terminal back. */
  close(): void
}
