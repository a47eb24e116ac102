/** What came of one attempt to send. */
export type Delivery =
  | {
      readonly outcome: 'delivered'
      /** Names the message at the receiver, for a later update or thread. Kept by core. */
      readonly reference?: string
    }
  | {
      /** `retryable`: the same request may succeed later. `permanent`: it never will, somebody must act. */
      readonly outcome: 'retryable' | 'permanent'
      /** What the receiver said, in a few words: `404 no_service`. */
      readonly reason: string
      /** Milliseconds the receiver asked to be left alone. Heeded up to a quarter of an hour. */
      readonly retryAfter?: number
    }

export const delivered = (reference?: string): Delivery => (reference === undefined ? { outcome: 'delivered' } : { outcome: 'delivered', reference })

export const retryable = (reason: string, retryAfter?: number): Delivery =>
  retryAfter === undefined ? { outcome: 'retryable', reason } : { outcome: 'retryable', reason, retryAfter }

export const permanent = (reason: string): Delivery => ({ outcome: 'permanent', reason })

/**
 * The outcome of an HTTP answer: 2xx delivered; 408, 425, 429 and 5xx retryable, obeying Retry-After (seconds or a date, RFC 9110
 * section 10.2.3); everything else permanent.
 *
 * @param said what the body says about it, if anything; cut to 200 characters.
 * @param now milliseconds since the epoch, for a Retry-After that is a date.
 */
export function deliveryOf(status: number, said: string, headers: { get(name: string): string | null }, now: number): Delivery {
  if (status >= 200 && status < 300) return delivered()
  const reason = `${status} ${said.replaceAll(/\s+/g, ' ').trim().slice(0, 200)}`.trim()
  const again = status >= 500 || status === 408 || status === 425 || status === 429
  return again ? retryable(reason, retryAfter(headers.get('retry-after'), now)) : permanent(reason)
}

/** Milliseconds of a Retry-After header, or `undefined` without a readable one. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
