/** A quota as AWS keeps it: so many at once, and so many more each second. */
export interface TokenBucket {
  /** Takes the tokens if they are there. */
  take(tokens: number): boolean
}

/**
 * @param refill tokens a second.
 * @param size the most that can be saved up. Default: those of one second. One call that is larger than the bucket takes all of a full one.
 * @param seconds a clock.
 */
export function tokenBucket(refill: number, size: number, seconds: () => number): TokenBucket {
  let tokens = size
  let at = seconds()
  return {
    take(wanted) {
      const now = seconds()
      tokens = Math.min(size, tokens + (now - at) * refill)
      at = now
      const needed = Math.min(wanted, size)
      if (tokens < needed) return false
      tokens -= needed
      return true
    },
  }
}
