/** One alert as it is sent to Alertmanager. Times are milliseconds since the epoch. */
export interface Sent {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: number
  /** Absent: it ends `resolveTimeout` after it was last sent. */
  readonly endsAt?: number | undefined
}

/** What is known of an alert after everything that was sent about it. */
export interface Received {
  readonly startsAt: number
  readonly endsAt: number
  /** Nobody said when it ends. */
  readonly timeout: boolean
}

/**
 * The part of Alertmanager that has no counterpart here: several senders tell of one alert, and what they say is merged where it
 * overlaps (`types.Alert.Merge`, `provider/mem`). An earlier start wins; of two ends that were said the later one, of an end and a
 * time-out the end.
 */
export function receive(known: Received | undefined, { startsAt, endsAt }: Sent, now: number, resolveTimeout: number): Received {
  const next: Received = { startsAt, endsAt: endsAt ?? now + resolveTimeout, timeout: endsAt === undefined }
  if (known === undefined) return next
  const overlaps = (next.endsAt > known.startsAt && next.endsAt < known.endsAt) || (next.startsAt > known.startsAt && next.startsAt < known.endsAt)
  if (!overlaps) return next
  const earlier = Math.min(known.startsAt, next.startsAt)
  const keepsEnd = known.endsAt > next.endsAt && (next.endsAt <= now ? known.endsAt <= now : !known.timeout)
  return keepsEnd ? { ...known, startsAt: earlier } : { ...next, startsAt: earlier }
}
