import { lookup } from 'node:dns'
import type { OutgoingHttpHeaders } from 'node:http'
import {
  defineNotifier,
  type Delivery,
  deliveryOf,
  formatDuration,
  type Notifier,
  oneLine,
  permanent,
  redact,
  retryable,
  type SendContext,
  TocsinError,
} from '@tocsin/core'
import { alertmanagerMessage } from './alertmanager-message.ts'
import { type Answer, exchange } from './exchange.ts'
import type { Resolve } from './guard.ts'
import { isLinkLocal } from './link-local.ts'
import { webhookOptions, type WebhookOptions } from './options.ts'
import { redactions } from './redactions.ts'
import { reportMessage } from './report-message.ts'
import { sign, webhookId } from './sign.ts'

/** A test compares the version with package.json. Reading that file here would break programs that are bundled. */
export const USER_AGENT = 'Tocsin/0.1.0'

/** Tells a receiver of webhooks, in the shape that Alertmanager uses. */
export const webhook = defineNotifier({ name: 'webhook', options: webhookOptions, reports: true, create: (options) => webhookNotifier(options) })

/** @param resolve finds addresses of names; default `dns.lookup`. */
export function webhookNotifier(options: WebhookOptions, resolve: Resolve = lookup): Notifier {
  const url = new URL(options.url.reveal())
  const signing = [options.secret ?? []].flat()
  const hidden = redactions(url, Object.values(options.headers), signing)
  const guard = { resolve, refuses: options.allowLinkLocal ? () => false : isLinkLocal }
  const own = Object.fromEntries(Object.entries(options.headers).map(([name, value]) => [name, value.reveal()]))

  const post = async (content: (id: string) => unknown, { clock, signal, idempotencyKey }: SendContext): Promise<Delivery> => {
    const id = webhookId(idempotencyKey)
    const body = Buffer.from(JSON.stringify(content(id)))
    const timestamp = Math.floor(clock.now() / 1_000)
    const headers: OutgoingHttpHeaders = {
      'User-Agent': USER_AGENT,
      ...own,
      'Content-Type': 'application/json',
      'Content-Length': body.length,
      'Idempotency-Key': id,
      ...(signing.length === 0 ? {} : { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': sign(signing, id, timestamp, body.toString()) }),
    }
    const ended = new AbortController()
    const timer = new AbortController()
    void clock.sleep(options.timeout, ended.signal).then(() => (ended.signal.aborted ? undefined : timer.abort()))
    try {
      const answer = await exchange({ url, method: options.method, headers, body, signal: AbortSignal.any([signal, timer.signal]), guard })
      return outcome(answer, redact(answer.said, hidden), clock.now())
    } catch (error) {
      if (signal.aborted) return retryable('stopped before the receiver answered')
      if (timer.signal.aborted) return retryable(`no answer within ${formatDuration(options.timeout)}`)
      return failure(error)
    } finally {
      ended.abort(ENDED)
    }
  }
  return {
    send: (notification, context) => post((id) => alertmanagerMessage(notification, id, options), context),
    sendReport: (letter, context) => post((id) => reportMessage(letter, id), context),
  }
}

/** Given as the reason, because without one an error with a stack is made. */
const ENDED = 'ended'

function outcome({ status, headers }: Answer, said: string, now: number): Delivery {
  // Following would turn the POST into a GET, carry signature and headers to another host, and name it without being asked.
  if (status >= 300 && status < 400) return permanent(`${status} redirects are not followed: configure the URL it leads to`)
  return deliveryOf(status, oneLine(said), headers, now)
}

/** Only codes are shown: the messages of sockets, resolvers and TLS name the host, and for some receivers the host is the secret. */
function failure(error: unknown): Delivery {
  if (error instanceof TocsinError) return (error.permanent ? permanent : retryable)(`${error.message}; ${error.fix}`)
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error'
  return retryable(`could not reach the receiver: ${code}`)
}
