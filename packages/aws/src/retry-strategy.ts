import { AdaptiveRetryStrategy, DefaultRateLimiter } from '@smithy/core/retry'
import type { RateLimiter } from '@tocsin/core'
import { z } from 'zod'
import { slowDownPassed } from './under-limit.ts'

const throttle = z.object({ errorType: z.literal('THROTTLING') })

/**
 * The SDK's adaptive retries, which also tell the process's limiter when AWS throttles an attempt. The SDK's own rate holds for one
 * client and all its APIs; the limiter's holds for the one API in the whole process, and for all calls that are yet to come.
 */
export function retryStrategy(maxAttempts: number, limiter: RateLimiter): AdaptiveRetryStrategy {
  const own = new DefaultRateLimiter()
  return new AdaptiveRetryStrategy(maxAttempts, {
    maxAttempts,
    rateLimiter: {
      getSendToken: () => own.getSendToken(),
      updateClientSendingRate(answer) {
        if (throttle.safeParse(answer).success) slowDownPassed(limiter)
        own.updateClientSendingRate(answer)
      },
    },
  })
}
