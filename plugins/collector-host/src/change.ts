import type { CollectContext } from '@tocsin/core'

/** Milliseconds between the two samples of a first cycle. At a hundredth of a second per tick, the error is one percent. */
const FIRST_PAUSE = 1_000

/** Two samples of counters and the time between them. */
export interface Change<Sample> {
  readonly before: Sample
  readonly after: Sample
  readonly seconds: number
}

/** Takes a sample each time it is called and sets it against the one before. The first call takes both. */
export function changes<Sample>(take: () => Promise<Sample>): (context: CollectContext) => Promise<Change<Sample>> {
  let last: { readonly sample: Sample; readonly at: number } | undefined
  return async ({ clock, signal }) => {
    const sample = async () => ({ sample: await take(), at: clock.now() })
    let before = last
    if (!before) {
      before = last = await sample()
      await clock.sleep(FIRST_PAUSE, signal)
      signal.throwIfAborted()
    }
    last = await sample()
    return { before: before.sample, after: last.sample, seconds: (last.at - before.at) / 1_000 }
  }
}

/** Counts per second; NaN when the counter was reset, wrapped or not read, or when no time has passed. */
export function rate(before: number, after: number, seconds: number): number {
  return seconds > 0 && after >= before ? (after - before) / seconds : NaN
}
