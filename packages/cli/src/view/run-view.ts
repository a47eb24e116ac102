import type { CycleResult, DeliveryReport, Monitor } from '@tocsin/core'

/** Shows a continuous run. */
export interface RunView {
  cycle(result: CycleResult): void
  delivery(report: DeliveryReport): void
  /** Text for people, of one line or more. */
  message(text: string): void
  /** Takes a line of the log. Left out where the log goes to stderr. */
  readonly log?: (line: string) => void
  /** Another configuration has taken over. */
  reloaded(monitor: Monitor): void
  /** Shows nothing more and gives the terminal back. */
  close(): void
}
