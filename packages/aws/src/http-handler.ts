import type { NodeHttpHandlerOptions } from '@smithy/node-http-handler'
import { NodeHttpHandler } from '@smithy/node-http-handler'

/**
 * AWS answers a handshake in well under a second from anywhere; three seconds let one lost SYN be sent again (after one second,
 * then two) and still leave time for other attempts in the same cycle.
 */
const CONNECTION_TIMEOUT = 3_000
/** The slowest call is GetMetricData of 500 metrics: up to some seconds. Longer than 20 s is a hung connection, and three attempts fit into a minute. */
const REQUEST_TIMEOUT = 20_000
/** As many as the limiter lets out at once for the busiest API, for a few regions. */
const SOCKETS = 50

/** An answer of something that is not AWS: a proxy's or a captive portal's page, sent with a status of success. */
class PageAnswer extends Error {
  override readonly name = 'UnknownAnswer'
  /** Tells the SDK to try again, as it does after a 502 with the same page. */
  readonly $retryable = {}
}

type Handle = NodeHttpHandler['handle']

/** The one HTTP handler of all clients of the process: connections are shared and every wait has an end. */
export function createHttpHandler(timeouts: Pick<NodeHttpHandlerOptions, 'connectionTimeout' | 'requestTimeout'> = {}): NodeHttpHandler {
  const { connectionTimeout = CONNECTION_TIMEOUT, requestTimeout = REQUEST_TIMEOUT } = timeouts
  const handler = new NodeHttpHandler({
    connectionTimeout,
    requestTimeout,
    // Without it a breach of the time-out is only logged.
    throwOnRequestTimeout: true,
    // The request time-out ends with the head of the answer; this one covers a body that stops half-way.
    socketTimeout: requestTimeout,
    httpAgent: { keepAlive: true, maxSockets: SOCKETS },
    httpsAgent: { keepAlive: true, maxSockets: SOCKETS },
  })
  const handle: Handle = handler.handle.bind(handler)
  // An XML parser makes an empty answer of a page of HTML: every resource would seem gone.
  handler.handle = async (...args) => {
    const answer = await handle(...args)
    const { statusCode, headers } = answer.response
    // An empty body is none, whatever it is said to be.
    if (statusCode < 300 && headers['content-length'] !== '0' && /^text\/html\b/.test(headers['content-type'] ?? '')) {
      // A body that nobody reads holds its connection until the time-out.
      answer.response.body?.destroy?.()
      throw new PageAnswer('a page of HTML instead of an answer of AWS')
    }
    return answer
  }
  return handler
}
