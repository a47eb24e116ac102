import { type Secret, silentLogger } from '@tocsin/core'
import { LogLevel, WebClient, type WebClientOptions } from '@slack/web-api'

/** Milliseconds after which one call is given up. Slack answers in well under a second; an attempt may take several calls. */
const CALL_TIMEOUT = 10_000

/** Ends when the attempt does, or when the call's own time is up. */
export const bounded = (signal: AbortSignal, own: AbortSignal = AbortSignal.timeout(CALL_TIMEOUT)): AbortSignal => AbortSignal.any([signal, own])

type SlackLogger = NonNullable<WebClientOptions['logger']>

/** The client logs arguments and answers at debug level: none of it is wanted. */
const silent: SlackLogger = { ...silentLogger, setLevel: () => {}, setName: () => {}, getLevel: () => LogLevel.ERROR }

/** A Web API client for one attempt. It never tries again by itself: core alone does. */
export function connect({ token, apiUrl }: { readonly token: Secret; readonly apiUrl: string | undefined }, signal: AbortSignal): WebClient {
  return new WebClient(token.reveal(), {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: CALL_TIMEOUT,
    logger: silent,
    fetch: (url, init) => fetch(url, { ...init, signal: bounded(signal, init?.signal) }),
  })
}
