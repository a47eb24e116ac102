/** How fast one API may be called. */
export interface Limit {
  /** One limiter per key: `aws:123456789012:us-west-2:GetMetricData`. */
  readonly key: string
  /** Calls per second, averaged over a second. Default: no limit. */
  readonly perSecond?: number
  /** Calls under way at once. Default 10. */
  readonly concurrent?: number
}

/** Runs calls under the limit of their key. Every call that leaves the process goes through one. */
export interface RateLimiter {
  /**
   * @param weight how much of the limit the call takes; default 1. More than `perSecond` is an error at once, never a hang.
   */
  schedule<T>(limit: Limit, call: () => Promise<T>, weight?: number): Promise<T>
  /** Drops what waits (it rejects) and frees timers. */
  close(): void
}
