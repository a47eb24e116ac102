import type { Level } from '../model/level.ts'

/** How long an inhibition waits, in milliseconds. */
export interface SuppressionPeriods {
  /** After a change of the target: the time its source gets to appear before the target is told. 0 waits for nothing. */
  readonly waitFor: number
  /** After the source has gone: the time the target gets to end too before it is told. 0 waits for nothing. */
  readonly releaseAfter: number
}

/** What keeps a target back: its source, or one of the two periods. */
export type HeldBy = 'source' | 'waitFor' | 'releaseAfter'

/** The memory of one rule about one target. Plain JSON, of constant size: at most one period runs. */
export interface SuppressionState {
  /** Identity of the rule that the state was made with. Another one means that the rule was replaced. */
  readonly rule: string
  /** The target's level at the last step. */
  readonly target: Level
  /** Whether a source was there at the last step. */
  readonly suppressed: boolean
  /** Time of the last step, milliseconds since the epoch. */
  readonly at: number
  /** The period that runs. It is over at the first step with `at >= until`. */
  readonly timer?: { readonly kind: Exclude<HeldBy, 'source'>; readonly until: number }
}

export interface SuppressionInput {
  readonly rule: string
  readonly target: Level
  /** Whether a source is there now. */
  readonly suppressed: boolean
  /** Milliseconds since the epoch. An earlier time than that of the last step counts as that of the last step. */
  readonly at: number
}

export interface SuppressionStep {
  readonly state: SuppressionState
  /** Why the target is kept back; absent when it is not. */
  readonly heldBy?: HeldBy
  /** True at the one step at which the target, kept back until then, is let go: it may now be told, as it is by then. */
  readonly released: boolean
  /** When to look again though nothing happens: the end of the period that runs. */
  readonly nextAt?: number
}

/**
 * One step of the suppression of one target by one rule: the semantics of WaitPeriod and ExtensionPeriod of CloudWatch's composite
 * alarms. A change of the target discards the period that runs and starts `waitFor`, or waits for nothing while a source is there.
 * A source that appears discards either period; one that goes starts `releaseAfter`. Replacing the rule discards both. A target that
 * was never seen counts as one that was at rest.
 */
export function stepSuppression(before: SuppressionState | undefined, input: SuppressionInput, { waitFor, releaseAfter }: SuppressionPeriods): SuppressionStep {
  const { rule, target, suppressed } = input
  const at = Math.max(input.at, before?.at ?? input.at)
  const same = before?.rule === rule ? before : undefined
  const timer = suppressed
    ? undefined
    : target !== (before?.target ?? 'none')
      ? { kind: 'waitFor' as const, until: at + waitFor }
      : same?.suppressed === true
        ? { kind: 'releaseAfter' as const, until: at + releaseAfter }
        : same?.timer
  const running = timer !== undefined && at < timer.until ? timer : undefined
  const heldBy = suppressed ? 'source' : running?.kind
  const wasHeld = before !== undefined && (before.suppressed || before.timer !== undefined)
  return {
    state: { rule, target, suppressed, at, ...(running === undefined ? {} : { timer: running }) },
    ...(heldBy === undefined ? {} : { heldBy }),
    released: wasHeld && heldBy === undefined,
    ...(running === undefined ? {} : { nextAt: running.until }),
  }
}
