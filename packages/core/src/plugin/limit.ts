/** How fast one API may be called. */
export interface Limit {
  /** One limiter per key: `aws:123456789012:us-west-2:GetMetricData`. */
  readonly key: string
  /** Calls per second, averaged over a second. Default: no limit. */
  readonly perSecond?: number
  /** Calls under way at once. Default 10. */
  readonly concurrent?: number
  /** A call that still waits for a place when this aborts is refused, and takes nothing of the rate. Default: it waits on. */
  readonly signal?: AbortSignal
}

/** Runs calls under the limit of their key. Every call that leaves the process goes through one. */
export interface RateLimiter {
  /**
   * @param weight how much of the limit the call takes; default 1. More than `perSecond` is an error at once, never a hang.
   */
  schedule<T>(limit: Limit, call: () => Promise<T>, weight?: number): Promise<T>
  /**
   * Says that the far side throttles calls of this key: its rate is halved, at most once a second and down to a sixteenth, and climbs
   * back to all of it within half a minute. A key that has no rate, or was never used, stays as it is.
   */
  slowDown(key: string): void
  /** Drops what waits (it rejects) and frees timers. */
  close(): void
}
