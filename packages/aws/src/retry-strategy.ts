import { AdaptiveRetryStrategy, DefaultRateLimiter } from '@smithy/core/retry'
import type { Clock, RateLimiter } from '@tocsin/core'
import { z } from 'zod'
import { slowDownPassed } from './under-limit.ts'

const throttle = z.object({ errorType: z.literal('THROTTLING') })

/** Milliseconds. Longer than a cycle nobody is kept waiting: the next one asks again, and is told again. */
const LONGEST_WAIT = 60_000

/**
 * The SDK's adaptive retries, which also tell the process's limiter when AWS throttles an attempt. The SDK's own rate holds for one
 * client and all its APIs; the limiter's holds for the one API in the whole process, and for all calls that are yet to come.
 *
 * How long to wait is obeyed where an answer says so, in `x-amz-retry-after` or `Retry-After`: by the next attempt and by all other calls of
 * the client. The SDK alone would wait five seconds of it, and nothing after the last attempt.
 */
export function retryStrategy(maxAttempts: number, limiter: RateLimiter, clock: Clock): AdaptiveRetryStrategy {
  const own = new DefaultRateLimiter()
  let notBefore = Number.NEGATIVE_INFINITY
  const strategy = new AdaptiveRetryStrategy(maxAttempts, {
    maxAttempts,
    rateLimiter: {
      async getSendToken() {
        const wait = notBefore - clock.now()
        if (wait > 0) await clock.sleep(Math.min(wait, LONGEST_WAIT))
        await own.getSendToken()
      },
      updateClientSendingRate(answer) {
        if (throttle.safeParse(answer).success) slowDownPassed(limiter)
        own.updateClientSendingRate(answer)
      },
    },
  })
  const refresh = strategy.refreshRetryTokenForRetry.bind(strategy)
  strategy.refreshRetryTokenForRetry = (token, { retryAfterHint, ...error }) => {
    // The SDK makes an instant of it by the machine's clock.
    if (retryAfterHint) notBefore = Math.max(notBefore, clock.now() + retryAfterHint.getTime() - Date.now())
    return refresh(token, error)
  }
  return strategy
}
